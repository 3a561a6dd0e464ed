"""Which names of countries are looked for: CLDR's, those that the UN and others use beside them, and exceptions."""

from typing import Final

LOCALES: Final = {
    "LATIN": ("en", "fr", "es", "de", "pt", "it", "nl", "pl", "tr", "vi", "id", "sv"),
    "CYRILLIC": ("ru", "uk"),
    "ARABIC": ("ar", "fa"),
    "GREEK": ("el",),
    "HEBREW": ("he",),
    "DEVANAGARI": ("hi",),
    "UNSPACED": ("zh", "zh_Hant", "ja", "ko", "th"),
}
"""Where the names of each script come from; a script's names are loaded when a text has that script."""

NO_COUNTRIES: Final = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})

OTHER_NAMES: Final = {
    "AE": "UAE | ОАЭ | 阿联酋",
    "AF": "Islamic Republic of Afghanistan | جمهورية أفغانستان الإسلامية",
    "AG": "安提瓜",
    "AM": "Republic of Armenia",
    "BA": "Bosnia | Bosnia-Herzegovina | Боснии и Герцеговине | 波黑",
    "BN": "Brunei Darussalam | Бруней-Даруссалам | بروني دار السلام | 文莱达鲁萨兰国",
    "BO": "Plurinational State of Bolivia | Bolivia (Plurinational State of) | État plurinational de Bolivie | "
    "Bolivie (État plurinational de) | Estado Plurinacional de Bolivia | Bolivia (Estado Plurinacional de) | "
    "Многонациональное Государство Боливия | Боливия (Многонациональное Государство) | "
    "دولة بوليفيا المتعددة القوميات | بوليفيا (دولة - المتعددة القوميات) | 多民族玻利维亚国 | 玻利维亚(多民族国)",
    "BY": "Белоруссия | Bélarus | Belarús | 白罗斯",
    "CD": "Democratic Republic of the Congo | Democratic Republic of Congo | DR Congo | DRC | RDC | ДРК | "
    "République démocratique du Congo | República Democrática del Congo | Демократическая Республика Конго | "
    "جمهورية الكونغو الديمقراطية | 刚果民主共和国 | 民主刚果",
    "CF": "中非共和国",
    "CG": "Congo | Republic of the Congo | République du Congo | República del Congo | Республика Конго | Конго | "
    "الكونغو | جمهورية الكونغو | 刚果 | 刚果共和国",
    "CI": "Ivory Coast | Costa de Marfil | Берег Слоновой Кости | كوت ديفوار | 象牙海岸",
    "CN": "People's Republic of China | République populaire de Chine | República Popular China | "
    "Китайская Народная Республика | КНР | PRC | جمهورية الصين الشعبية | 中华人民共和国",
    "CV": "Cabo Verde | Cape Verde | Кабо-Верде | كابو فيردي | 佛得角",
    "CZ": "Czech Republic | République tchèque | República Checa | Чешская Республика | الجمهورية التشيكية | "
    "تشيكيا | 捷克共和国 | 捷克",
    "DO": "多米尼加",
    "EG": "Египта | Arab Republic of Egypt | جمهورية مصر العربية | 阿拉伯埃及共和国",
    "FM": "Federated States of Micronesia | Micronesia (Federated States of) | États fédérés de Micronésie | "
    "Micronésie (États fédérés de) | Estados Federados de Micronesia | Micronesia (Estados Federados de) | "
    "Микронезия (Федеративные Штаты) | ولايات ميكرونيزيا الموحدة | ميكرونيزيا (ولايات - الموحدة) | "
    "密克罗尼西亚联邦 | 密克罗尼西亚(联邦)",
    "FR": "French Republic | République française",
    "GB": "United Kingdom of Great Britain and Northern Ireland | Great Britain | Britain | Northern Ireland | "
    "UK | U.K. | "
    "Royaume-Uni de Grande-Bretagne et d'Irlande du Nord | Grande-Bretagne | Irlande du Nord | "
    "Reino Unido de Gran Bretaña e Irlanda del Norte | Gran Bretaña | Irlanda del Norte | "
    "Соединенное Королевство Великобритании и Северной Ирландии | Соединенное Королевство | Северная Ирландия | "
    "المملكة المتحدة لبريطانيا العظمى وأيرلندا الشمالية | بريطانيا | بريطانيا العظمى | أيرلندا الشمالية | "
    "大不列颠及北爱尔兰联合王国 | 联合王国 | 大不列颠 | 北爱尔兰 | イギリス",
    "GM": "The Gambia | Republic of The Gambia",
    "GW": "غينيا - بيساو | 几内亚比绍",
    "HK": "Hong Kong | Гонконг | هونغ كونغ | 香港",
    "IR": "Islamic Republic of Iran | Iran (Islamic Republic of) | République islamique d'Iran | "
    "Iran (République islamique d') | República Islámica del Irán | Irán (República Islámica del) | "
    "Исламская Республика Иран | Иран (Исламская Республика) | جمهورية إيران الإسلامية | "
    "إيران (جمهورية - الإسلامية) | 伊朗伊斯兰共和国 | 伊朗(伊斯兰共和国)",
    "KG": "Киргизия | Kirghizistan | Kirguistán | قيرغيزستان",
    "KP": "Democratic People's Republic of Korea | DPRK | République populaire démocratique de Corée | "
    "República Popular Democrática de Corea | Корейская Народно-Демократическая Республика | "
    "Северная Корея | КНДР | جمهورية كوريا الشعبية الديمقراطية | 朝鲜民主主义人民共和国 | 北朝鲜 | 北韩",
    "KR": "Republic of Korea | République de Corée | República de Corea | Республика Корея | Южная Корея | "
    "جمهورية كوريا | 大韩民国 | 南韩",
    "LA": "Lao People's Democratic Republic | Lao PDR | République démocratique populaire lao | "
    "República Democrática Popular Lao | Лаосская Народно-Демократическая Республика | "
    "جمهورية لاو الديمقراطية الشعبية | 老挝人民民主共和国",
    "LY": "State of Libya | Libyan Arab Jamahiriya | Ливийская Арабская Джамахирия | الجماهيرية العربية الليبية",
    "MD": "Republic of Moldova | République de Moldova | República de Moldova | "
    "Республика Молдова | جمهورية مولدوفا | 摩尔多瓦共和国",
    "MK": "Republic of North Macedonia | The former Yugoslav Republic of Macedonia | Macedonia | "
    "République de Macédoine du Nord | ex-République yougoslave de Macédoine | "
    "ex República Yugoslava de Macedonia | бывшая югославская Республика Македония | Македония | "
    "جمهورية مقدونيا الشمالية | جمهورية مقدونيا اليوغوسلافية السابقة | 前南斯拉夫的马其顿共和国 | 马其顿",
    "ML": "Республика Мали | جمهورية مالي | حكومة مالي | دولة مالي | في مالي | إلى مالي | "
    "شمال مالي | وسط مالي | بمالي | لمالي",
    "MM": "Myanmar | Burma | Birmanie | Birmania | Мьянма | Бирма | ميانمار | بورما | 缅甸 | ミャンマー | เมียนมา | พม่า",
    "NL": "Kingdom of the Netherlands | The Netherlands | Holland | Royaume des Pays-Bas | Reino de los Países Bajos | "
    "Королевство Нидерландов | مملكة هولندا | 荷兰王国",
    "PS": "State of Palestine | Palestine | Occupied Palestinian Territory | État de Palestine | Estado de Palestina | "
    "Palestina | Государство Палестина | Палестина | دولة فلسطين | فلسطين | 巴勒斯坦国 | 巴勒斯坦",
    "RU": "Russian Federation | Fédération de Russie | Federación de Rusia | Российская Федерация | РФ | "
    "الاتحاد الروسي | 俄罗斯联邦 | 俄国",
    "SA": "Kingdom of Saudi Arabia | Королевство Саудовская Аравия | السعودية | 沙特",
    "SK": "斯洛伐克共和国",
    "SY": "Syrian Arab Republic | République arabe syrienne | República Árabe Siria | "
    "Сирийская Арабская Республика | الجمهورية العربية السورية | سورية | 阿拉伯叙利亚共和国",
    "SZ": "Eswatini | Swaziland | Suazilandia | Свазиленд | إسواتيني | سوازيلاند | 斯威士兰 | 埃斯瓦蒂尼",
    "TL": "Timor-Leste | East Timor | Timor Oriental | Тимор-Лешти | Восточный Тимор | "
    "تيمور - ليشتي | تيمور الشرقية | 东帝汶",
    "TR": "Turkey | Turkiye | Турецкая Республика | 土耳其",
    "TW": "Taiwan Province of China | 中国台湾省",
    "TZ": "United Republic of Tanzania | République-Unie de Tanzanie | República Unida de Tanzania | "
    "Объединенная Республика Танзания | جمهورية تنزانيا المتحدة | 坦桑尼亚联合共和国",
    "US": "United States of America | USA | U.S.A. | US | U.S. | États-Unis d'Amérique | "
    "Estados Unidos de América | EE. UU. | EEUU | Соединенные Штаты Америки | США | "
    "الولايات المتحدة الأمريكية | 美利坚合众国 | 米国 | アメリカ合衆国",
    "VA": "Holy See | Saint-Siège | Santa Sede | Святой Престол | Святейший Престол | الكرسي الرسولي | 教廷 | 梵蒂冈",
    "VE": "Bolivarian Republic of Venezuela | Venezuela (Bolivarian Republic of) | "
    "République bolivarienne du Venezuela | Venezuela (République bolivarienne du) | "
    "República Bolivariana de Venezuela | Venezuela (República Bolivariana de) | "
    "Боливарианская Республика Венесуэла | Венесуэла (Боливарианская Республика) | "
    "جمهورية فنزويلا البوليفارية | فنزويلا (جمهورية - البوليفارية) | "
    "委内瑞拉玻利瓦尔共和国 | 委内瑞拉(玻利瓦尔共和国)",
    "VN": "Viet Nam | Vietnam | Вьетнам | فييت نام | 越南",
    "ZW": "زمبابوي | زيمبابوي",
    "": "New Jersey | New Mexico | Nuevo México | Nouveau-Mexique | Gulf of Mexico | Gulf of Guinea | Guinea pig | "
    "South China Sea | East China Sea | Sea of Japan | Jordan River | Jordan Valley | océan Indien | "
    "المغرب العربي | نهر الأردن | "
    "内蒙古 | 新墨西哥 | 印度洋 | 印度教 | 约旦河 | 马里兰 | 马里亚纳 | 马里乌波尔 | 黑马里 | 马利亚 | "
    "其中国 | 集中国 | 南中国海 | "
    "海地区 | 海地带 | 海地理 | 海地形 | 海地震 | 近海地 | 参加纳 | 增加纳 | 今日本 | "
    "当日本 | 每日本 | インド洋 | 인도양 | มหาสมุทรอินเดีย",
}
"""Names that are in use beside CLDR's, by ISO 3166 code; without a code, what only looks like a name."""

NOT_NAMES: Final = frozenset({"island", "reunion", "gana", "guadalupe", "norfolk", "مالي", "东加", "马利", "中非"})
"""Names of CLDR that mean something else more often: Iceland in German, "financial" in Arabic."""
CAPITALS_ONLY: Final = frozenset(
    {"uk", "u k", "usa", "u s a", "us", "u s", "uae", "drc", "dprk", "rdc", "prc", "eeuu", "ee uu"}
    | {"сша", "оаэ", "кнр", "кндр", "рф", "дрк"}
)
CAPITALISED: Final = frozenset(
    {"anguilla", "ecuador", "equateur", "georgia", "guinea", "guinee", "jersey", "jordan", "maurice", "turkey"}
)
"""Common words when they are written small."""
MIN_SMALL: Final = 6
"""Characters of a name that is one even without a capital letter."""
