"""Adjectives and people's names of countries, from which `embeddings/demonyms.py` makes the forms that texts have.

Each row has a country's ISO 3166 code and five fields, a bar between them, `-` where there is none or where it
would be more misleading than useful (Congolese and Dominican mean two countries each, قطري is also "of the country"):

1. English: the adjective, and others after a comma;
2. French: masculine singular;
3. Spanish: masculine singular;
4. Russian: the stem, to which the adjective's endings are added;
5. Arabic: masculine singular without the article.
"""

from typing import Final

ROWS: Final = """
AD Andorran|andorran|andorrano|андоррск|أندوري
AE Emirati|émirien|emiratí|эмиратск|إماراتي
AF Afghan|afghan|afgano|афганск|أفغاني
AG Antiguan|antiguais|antiguano|-|-
AL Albanian|albanais|albanés|албанск|ألباني
AM Armenian|arménien|armenio|армянск|أرميني
AO Angolan|angolais|angoleño,angolano|ангольск|أنغولي
AR Argentine,Argentinian|argentin|argentino|аргентинск|أرجنتيني
AT Austrian|autrichien|austríaco,austriaco|австрийск|نمساوي
AU Australian|australien|australiano|австралийск|أسترالي
AZ Azerbaijani|azerbaïdjanais|azerbaiyano,azerí|азербайджанск|أذربيجاني
BA Bosnian|bosnien|bosnio|боснийск|بوسني
BB Barbadian|barbadien|barbadense|барбадосск|بربادوسي
BD Bangladeshi|bangladais,bangladeshi|bangladesí|бангладешск|بنغلاديشي
BE Belgian|belge|belga|бельгийск|بلجيكي
BF Burkinabe,Burkinabè|burkinabè|burkinés|буркинийск|بوركيني
BG Bulgarian|bulgare|búlgaro|болгарск|بلغاري
BH Bahraini|bahreïnien,bahreïni|bahreiní|бахрейнск|بحريني
BI Burundian|burundais|burundés|бурундийск|بوروندي
BJ Beninese|béninois|beninés|бенинск|بنيني
BN Bruneian|brunéien|bruneano|брунейск|-
BO Bolivian|bolivien|boliviano|боливийск|بوليفي
BR Brazilian|brésilien|brasileño|бразильск|برازيلي
BS Bahamian|bahaméen|bahameño|багамск|-
BT Bhutanese|bhoutanais|butanés|бутанск|بوتاني
BW Botswanan|botswanais,botswanéen|botswano,botsuano|ботсванск|بوتسواني
BY Belarusian,Belarussian|bélarussien,biélorusse|belaruso,bielorruso|белорусск|بيلاروسي
BZ Belizean|bélizien|beliceño|белизск|بليزي
CA Canadian|canadien|canadiense|канадск|كندي
CF Central African|centrafricain|centroafricano|центральноафриканск|-
CH Swiss|suisse|suizo|швейцарск|سويسري
CI Ivorian|ivoirien|marfileño|ивуарийск|إيفواري
CL Chilean|chilien|chileno|чилийск|شيلي
CM Cameroonian|camerounais|camerunés|камерунск|كاميروني
CN Chinese|chinois|chino|китайск|صيني
CO Colombian|colombien|colombiano|колумбийск|كولومبي
CR Costa Rican|costaricien,costa-ricien|costarricense|костариканск|كوستاريكي
CU Cuban|cubain|cubano|кубинск|كوبي
CV Cabo Verdean,Cape Verdean|cabo-verdien,cap-verdien|caboverdiano|-|-
CY Cypriot|chypriote|chipriota|кипрск|قبرصي
CZ Czech|tchèque|checo|чешск|تشيكي
DE German|allemand|alemán|германск,немецк|ألماني
DJ Djiboutian|djiboutien|djiboutiano,yibutiano|джибутийск|جيبوتي
DK Danish|danois|danés|датск|دانمركي
DZ Algerian|algérien|argelino|алжирск|جزائري
EC Ecuadorian,Ecuadorean|équatorien|ecuatoriano|эквадорск|إكوادوري
EE Estonian|estonien|estonio|эстонск|إستوني
EG Egyptian|égyptien|egipcio|египетск|مصري
ER Eritrean|érythréen|eritreo|эритрейск|إريتري
ES Spanish,Spaniard|espagnol|español|испанск|إسباني
ET Ethiopian|éthiopien|etíope|эфиопск|إثيوبي
FI Finnish|finlandais|finlandés|финляндск,финск|فنلندي
FJ Fijian|fidjien|fiyiano|фиджийск|فيجي
FM Micronesian|micronésien|micronesio|микронезийск|-
FR French|français|francés|французск|فرنسي
GA Gabonese|gabonais|gabonés|габонск|غابوني
GB British|britannique|británico|британск|بريطاني
GD Grenadian|grenadien|granadino|гренадск|-
GE Georgian|géorgien|georgiano|грузинск|جورجي
GH Ghanaian|ghanéen|ghanés|ганск|غاني
GM Gambian|gambien|gambiano|гамбийск|غامبي
GN Guinean|guinéen|guineano|гвинейск|غيني
GQ Equatorial Guinean,Equatoguinean|équato-guinéen|ecuatoguineano|-|غيني استوائي
GR Greek|grec,hellénique|griego,helénico|греческ|يوناني
GT Guatemalan|guatémaltèque|guatemalteco|гватемальск|غواتيمالي
GW Bissau-Guinean,Guinea-Bissauan|bissau-guinéen|bissauguineano|-|-
GY Guyanese|guyanien|guyanés|гайанск|غياني
HN Honduran|hondurien|hondureño|гондурасск|هندوراسي
HR Croatian|croate|croata|хорватск|كرواتي
HT Haitian|haïtien|haitiano|гаитянск|هايتي
HU Hungarian|hongrois|húngaro|венгерск|هنغاري
ID Indonesian|indonésien|indonesio|индонезийск|إندونيسي
IE Irish|irlandais|irlandés|ирландск|أيرلندي
IL Israeli|israélien|israelí|израильск|إسرائيلي
IN Indian|indien|-|индийск|هندي
IQ Iraqi|iraquien,irakien|iraquí|иракск|عراقي
IR Iranian|iranien|iraní|иранск|إيراني
IS Icelandic|islandais|islandés|исландск|آيسلندي
IT Italian|italien|italiano|итальянск|إيطالي
JM Jamaican|jamaïcain,jamaïquain|jamaiquino,jamaicano|ямайск|جامايكي
JO Jordanian|jordanien|jordano|иорданск|أردني
JP Japanese|japonais|japonés|японск|ياباني
KE Kenyan|kényan,kenyan|keniano|кенийск|كيني
KG Kyrgyz|kirghize|kirguís,kirguiso|кыргызск,киргизск|قيرغيزي
KH Cambodian|cambodgien|camboyano|камбоджийск|كمبودي
KI I-Kiribati|-|-|-|-
KM Comorian|comorien|comorense|коморск|قمري جزري
KN Kittitian|-|-|-|-
KP North Korean|nord-coréen|norcoreano|северокорейск|كوري شمالي
KR South Korean|sud-coréen|surcoreano|южнокорейск|كوري جنوبي
KW Kuwaiti|koweïtien|kuwaití|кувейтск|كويتي
KZ Kazakh,Kazakhstani|kazakh|kazajo,kazako|казахстанск|كازاخستاني
LA Laotian|laotien|laosiano|лаосск|-
LB Lebanese|libanais|libanés|ливанск|لبناني
LC Saint Lucian|saint-lucien|santalucense|-|-
LI Liechtensteiner|liechtensteinois|liechtensteiniano|лихтенштейнск|-
LK Sri Lankan|sri-lankais|esrilanqués,ceilanés|шри-ланкийск,шриланкийск|سريلانكي
LR Liberian|libérien|liberiano|либерийск|ليبري
LS Basotho|-|-|лесотск|-
LT Lithuanian|lituanien|lituano|литовск|ليتواني
LU Luxembourgish,Luxembourger|luxembourgeois|luxemburgués|люксембургск|-
LV Latvian|letton|letón|латвийск|لاتفي
LY Libyan|libyen|libio|ливийск|ليبي
MA Moroccan|marocain|marroquí|марокканск|مغربي
MC Monegasque,Monacan|monégasque|monegasco|-|-
MD Moldovan|moldove,moldave|moldovo,moldavo|молдавск,молдовск|مولدوفي
ME Montenegrin|monténégrin|montenegrino|черногорск|-
MG Malagasy|malgache|malgache|малагасийск,мадагаскарск|ملغاشي
MH Marshallese|marshallais|marshalés|-|-
MK North Macedonian,Macedonian|macédonien,nord-macédonien|macedonio,normacedonio|македонск,северомакедонск|مقدوني
ML Malian|malien|maliense|малийск|-
MM -|-|-|мьянманск|-
MN Mongolian|mongol|mongol|монгольск|منغولي
MR Mauritanian|mauritanien|mauritano|мавританск|موريتاني
MT Maltese|maltais|maltés|мальтийск|مالطي
MU Mauritian|mauricien|mauriciano|маврикийск|موريشيوسي
MV Maldivian|maldivien|maldivo|мальдивск|ملديفي
MW Malawian|malawien|malawiano,malauí|малавийск|ملاوي
MX Mexican|mexicain|mexicano|мексиканск|مكسيكي
MY Malaysian|malaisien|malasio|малайзийск|ماليزي
MZ Mozambican|mozambicain|mozambiqueño|мозамбикск|موزامبيقي
NA Namibian|namibien|namibiano|намибийск|ناميبي
NE Nigerien|nigérien|nigerino|нигерск|نيجري
NG Nigerian|nigérian|nigeriano|нигерийск|نيجيري
NI Nicaraguan|nicaraguayen|nicaragüense|никарагуанск|نيكاراغوي
NL Dutch|néerlandais|neerlandés,holandés|нидерландск,голландск|هولندي
NO Norwegian|norvégien|noruego|норвежск|نرويجي
NP Nepalese,Nepali|népalais|nepalés,nepalí|непальск|نيبالي
NR Nauruan|nauruan|nauruano|-|-
NZ New Zealander|néo-zélandais|neozelandés,neocelandés|новозеландск|نيوزيلندي
OM Omani|omanais|omaní|оманск|عماني
PA Panamanian|panaméen|panameño|панамск|بنمي
PE Peruvian|péruvien|peruano|перуанск|بيروي
PG Papua New Guinean|papouan-néo-guinéen|-|-|-
PH Philippine,Filipino|philippin|filipino|филиппинск|فلبيني
PK Pakistani|pakistanais|pakistaní|пакистанск|باكستاني
PL Polish|polonais|polaco|польск|بولندي
PS Palestinian|palestinien|palestino|палестинск|فلسطيني
PT Portuguese|portugais|portugués|португальск|برتغالي
PW Palauan|palaosien|palauano|-|-
PY Paraguayan|paraguayen|paraguayo|парагвайск|باراغوي
QA Qatari|qatarien,qatari|qatarí,catarí|катарск|-
RO Romanian|roumain|rumano|румынск|-
RS Serbian|serbe|serbio|сербск|صربي
RU Russian|russe|ruso|российск|روسي
RW Rwandan|rwandais|rwandés,ruandés|руандийск|رواندي
SA Saudi,Saudi Arabian|saoudien|saudí,saudita|саудовск|سعودي
SB Solomon Islander|salomonien|salomonense|-|-
SC Seychellois|seychellois|seychellense|сейшельск|سيشيلي
SD Sudanese|soudanais|sudanés|суданск|سوداني
SE Swedish|suédois|sueco|шведск|سويدي
SG Singaporean|singapourien|singapurense|сингапурск|سنغافوري
SI Slovenian,Slovene|slovène|esloveno|словенск|سلوفيني
SK Slovak|slovaque|eslovaco|словацк|سلوفاكي
SL Sierra Leonean|sierra-léonais|sierraleonés|сьерра-леонск|سيراليوني
SM Sammarinese|saint-marinais|sanmarinense|-|-
SN Senegalese|sénégalais|senegalés|сенегальск|سنغالي
SO Somali|somalien|somalí|сомалийск|صومالي
SR Surinamese|surinamais|surinamés|суринамск|سورينامي
SS South Sudanese|sud-soudanais|sursudanés|южносуданск|-
ST Sao Tomean,Santomean|santoméen|santotomense|-|-
SV Salvadoran,Salvadorean|salvadorien|salvadoreño|сальвадорск|سلفادوري
SY Syrian|syrien|sirio|сирийск|سوري
SZ Swazi|swazi,eswatinien|suazi|-|-
TD Chadian|tchadien|chadiano|чадск|تشادي
TG Togolese|togolais|togolés|тоголезск|توغولي
TH Thai|thaïlandais|tailandés|таиландск,тайск|تايلندي
TJ Tajik,Tajikistani|tadjik|tayiko|таджикск|طاجيكي
TL Timorese,East Timorese|timorais,est-timorais|timorense|тиморск,восточнотиморск|تيموري
TM Turkmen|turkmène|turcomano,turkmeno|туркменск|تركماني
TN Tunisian|tunisien|tunecino|тунисск|تونسي
TO Tongan|tongan,tonguien|tongano|-|-
TR Turkish|turc|turco|турецк|تركي
TT Trinidadian|trinidadien|trinitense|тринидадск|-
TV Tuvaluan|tuvaluan|tuvaluano|-|-
TZ Tanzanian|tanzanien|tanzano|танзанийск|تنزاني
UA Ukrainian|ukrainien|ucraniano|украинск|أوكراني
UG Ugandan|ougandais|ugandés|угандийск|أوغندي
US American|américain,états-unien|estadounidense|американск|أمريكي
UY Uruguayan|uruguayen|uruguayo|уругвайск|أوروغوي
UZ Uzbek,Uzbekistani|ouzbek|uzbeko|узбекск,узбекистанск|أوزبكي
VC Vincentian|vincentais|sanvicentino|-|-
VE Venezuelan|vénézuélien|venezolano|венесуэльск|فنزويلي
VN Vietnamese|vietnamien|vietnamita|вьетнамск|فييتنامي
VU Vanuatuan,Ni-Vanuatu|vanuatuan|vanuatuense|-|-
WS Samoan|samoan|samoano|самоанск|-
YE Yemeni|yéménite|yemení|йеменск|يمني
ZA South African|sud-africain|sudafricano|южноафриканск|جنوب أفريقي
ZM Zambian|zambien|zambiano|замбийск|زامبي
ZW Zimbabwean|zimbabwéen|zimbabuense,zimbabwense|зимбабвийск|زمبابوي
"""

CHINESE_SIDES: Final = {
    "中": "CN", "美": "US", "英": "GB", "法": "FR", "俄": "RU", "德": "DE", "日": "JP", "韩": "KR",
    "印": "IN", "意": "IT",
}  # fmt: skip
"""法方: the French side."""

_LANGUAGES_TOO = (
    "AL AM AZ BG BY CN CZ DE DK EE ES FI FR GE GR HR HU ID IN IS IT JP KG KH KZ LT LV MG MK MN MT NL NO NP PL "
    "PT RO RS RU SE SI SK SO TH TJ TM TR UA UZ VN WS TO"
)
LANGUAGES_TOO: Final = frozenset(_LANGUAGES_TOO.split())
"""Their adjectives are names of languages as well."""

NOT_DEMONYMS: Final = (
    "Latin American | North American | Central American | South American | Inter-American | Pan-American | "
    "African American | African-American | Native American | American Indian | West Indian | Indian Ocean | "
    "American Samoa | American Samoan | Indian subcontinent | Central American | French Guiana | French Polynesia | "
    "Greek Cypriot | Turkish Cypriot | Inter American | Dutch disease | Spanish Town | "
    "latino-américain | nord-américain | sud-américain | centraméricain | interaméricain | afro-américain | "
    "océan Indien | Polynésie française | Guyane française | Antilles françaises | "
    "océano Índico | Guayana Francesa | Polinesia Francesa | "
    "Индийский океан | Американское Самоа | Французская Гвиана | Французская Полинезия | "
    "المحيط الهندي | أمريكا اللاتينية"
)
"""What only looks like one."""

_LANGUAGE_WORDS = (
    "language languages speaking speakers version versions text texts translation translations interpretation "
    "langue langues traduction traductions texte textes lengua lenguas idioma idiomas versiones texto textos "
    "traduccion traducciones hablantes habla язык языка языке языком языки языков языкам языках языками "
    "языковой перевод переводе версия версии لغه لغات لغتين لغتان لغتي ناطقه ناطقين ترجمه نسخه نص"
)
LANGUAGE_WORDS: Final = frozenset(_LANGUAGE_WORDS.split())
"""Near these an adjective is the name of a language."""

_BEFORE_LANGUAGE = "en in le el al au du del l y et o ou e u de com into from lo"
BEFORE_LANGUAGE: Final = frozenset(_BEFORE_LANGUAGE.split())
"""After these a French or Spanish adjective is a noun, most often a language."""
_AFTER_LANGUAGE = (
    "and or in into by at on for from to as was were is are has have only with which that but nor than also of "
    "и или а но в на с по для из к от"
)
AFTER_LANGUAGE: Final = frozenset(_AFTER_LANGUAGE.split())
"""Before these an English or Russian one is."""
