"""The words with which a question asks for countries, bodies, articles, dates or amounts, in six languages."""

from typing import Final

WHICH: Final = {
    "en": "which|what|which of the|which of these|which of those|what other|whose",
    "fr": "quel|quelle|quels|quelles|lesquels des|lesquelles des|lequel des|laquelle des",
    "es": "qué|cuál|cuáles|cuál de los|cuáles de los|cuáles de las",
    "ru": "какой|какая|какое|какие|каких|каким|какими|какую|каком|какого|какому|какой из|какие из|какая из|"
          "кто из|чьи|которые из|которая из|каких именно|какие именно|в каких именно",
    "ar": "أي|أية|أي من|أي هذه|ما",
    "zh": "哪些|哪个|哪几个|哪一个|哪几|哪|什么|何|有哪些|都有哪些|哪几项|哪一|哪几类|哪些类",
}  # fmt: skip
"""These stand right before what is asked for, but for modifiers."""

LIST: Final = {
    "en": "what are|which are|what were|which were|what is|what was|which is|list|name|enumerate|give|show|tell me|"
          "identify|give me|show me|list me|find|mention|what's|i want|i need|provide",
    "fr": "quels sont|quelles sont|quel est|quelle est|quels étaient|quelles étaient|quel était|quelle était|listez|"
          "énumérez|citez|nommez|indiquez|donnez|donnez-moi|montrez|lister|énumérer|citer|nommer|liste|donne-moi",
    "es": "cuáles son|cuál es|cuáles eran|cuáles fueron|cuál fue|cuál era|enumere|enumera|enumerar|liste|lista|"
          "listar|"
          "nombre|nombra|indique|indica|mencione|menciona|cite|dé|dame|deme|muestre|muéstrame",
    "ru": "перечислите|перечисли|перечислить|назовите|назови|назвать|укажите|укажи|приведите|дайте|дай|"
          "покажите|покажи|"
          "составьте",
    "ar": "ما هي|ما هو|ما هى|ماهي|ماهو|من هي|ما كانت|اذكر|اذكروا|اذكري|عدد لي|اسرد|أذكر|قائمة|حدد|هات|أعطني|"
          "أعطيني|سم|سمي",
    "zh": "请列出|列出|请列举|列举|请指出|请说明|说出|给出|请给出|请告诉我|告诉我|请提供|列明|请问",
}  # fmt: skip
"""Between these and what is asked for there may be articles too."""

DATE_WORDS: Final = {
    "en": "when|since when|until when|by when|how long ago|in what year|in which year",
    "fr": "quand|depuis quand|jusqu'à quand",
    "es": "cuándo|desde cuándo|hasta cuándo",
    "ru": "когда|с каких пор|до каких пор",
    "ar": "متى|منذ متى|حتى متى|إلى متى",
    "zh": "何时|什么时候|什么时间|哪一年|哪年|哪一天|哪天|几时|何年|何日|哪个月|几月|几号|甚么时候",
}
AMOUNT_WORDS: Final = {
    "en": "how much|how many",
    "fr": "combien",
    "es": "cuánto|cuánta|cuántos|cuántas",
    "ru": "сколько|скольких|скольким|сколькими",
    "ar": "كم|بكم",
    "zh": "多少|几个|几项|几次|几名|几国|几位|几起|几件|百分之几|几成|多大比例|几家",
}
"""These ask by themselves."""

WHY: Final = {
    "en": "why|how|to what extent|what about",
    "fr": "pourquoi|comment|dans quelle mesure",
    "es": "por qué|cómo|en qué medida",
    "ru": "почему|зачем|каким образом",
    "ar": "لماذا|كيف|ماذا",
    "zh": "为什么|为何|如何|怎么|怎样|怎么样|做什么|什么样",
}
"""These ask for something else."""

NOUNS: Final = {
    "country": {
        "en": "countries|country|States|State|State party|State parties|States parties|States party|nation|nations|"
              "jurisdiction|"
              "jurisdictions|Member States|Member State|delegations|delegation|Governments|Government|signatories",
        "fr": "pays|État|États|États parties|État partie|États membres|État membre|nation|nations|"
              "juridictions nationales|"
              "délégations|délégation|gouvernements|gouvernement|signataires",
        "es": "país|países|Estado|Estados|Estados partes|Estados parte|Estado parte|Estados miembros|"
              "Estado miembro|nación|"
              "naciones|jurisdicciones|jurisdicción|delegaciones|delegación|Gobiernos|Gobierno|signatarios",
        "ru": "страна|страны|стран|странам|странах|странами|государство|государства|государств|государствам|"
              "государствах|государства-участники|государств-участников|государства-члены|государствах-участниках|"
              "нации|юрисдикции|юрисдикциях|делегации|делегация|правительства|правительство",
        "ar": "بلد|بلدان|دولة|دول|دولتان|الدول الأطراف|دول أطراف|الدول الأعضاء|ولاية قضائية|ولايات قضائية|"
              "الولايات القضائية|أمم|وفود|وفد|حكومات|حكومة",
        "zh": "国家|国|国家和地区|缔约国|成员国|会员国|法域|司法管辖区|代表团|政府|各国",
    },
    "body": {
        "en": "bodies|body|organ|organs|organization|organizations|organisation|organisations|agency|agencies|"
              "institution|"
              "institutions|entity|entities|authority|authorities|office|offices|programmes of the United Nations|"
              "committee|committees|commission|commissions|courts|court|tribunals|banks|bank|networks|network|"
              "ministry|ministries|institutes|international organizations",
        "fr": "organe|organes|organisme|organismes|organisation|organisations|institution|institutions|entité|"
              "entités|"
              "autorité|autorités|instance|instances|bureaux|bureau|comité|comités|commission|commissions|"
              "tribunaux|banques|"
              "banque|réseaux|réseau|ministères|ministère|agence|agences|instituts|institut",
        "es": "órgano|órganos|organismo|organismos|organización|organizaciones|institución|instituciones|entidad|"
              "entidades|"
              "autoridad|autoridades|oficina|oficinas|comité|comités|comisión|comisiones|tribunales|tribunal|banco|"
              "bancos|"
              "redes|red|ministerio|ministerios|agencia|agencias|instituto|institutos",
        "ru": "орган|органы|органах|органов|органам|органами|организация|организации|организаций|организациях|"
              "организациям|"
              "организациями|учреждение|учреждения|учреждений|учреждениях|учреждениями|структуры|структура|ведомство|"
              "ведомства|комитет|комитеты|комиссия|комиссии|суды|банки|банк|сети|министерства|агентства|агентство|"
              "институты",
        "ar": "هيئة|هيئات|جهاز|أجهزة|جهة|جهات|منظمة|منظمات|مؤسسة|مؤسسات|كيان|كيانات|وكالة|وكالات|سلطة|سلطات|لجنة|"
              "لجان|مكتب|مكاتب|محكمة|محاكم|مصرف|مصارف|بنك|بنوك|وزارة|وزارات|معهد|معاهد|شبكة|شبكات",
        "zh": "机构|机关|组织|实体|部门|主管机关|当局|委员会|办公室|办事处|法院|银行|网络|部委|专门机构|国家机构|"
              "国家机关|"
              "国家部门|政府机构|政府部门|政府间组织|非政府组织|国际组织|单位|署|研究所|工作组",
    },
    "article": {
        "en": "articles|article|provision|provisions|clauses|clause",
        "fr": "article|articles|disposition|dispositions|clauses|clause",
        "es": "artículo|artículos|disposición|disposiciones|cláusulas|cláusula",
        "ru": "статья|статьи|статей|статьях|статьям|статьями|статье|статью|положение|положения|положениях|положений",
        "ar": "مادة|مواد|المادتان|حكم من أحكام|أحكام|بند|بنود",
        "zh": "条款|条文|条|规定|公约条款",
    },
    "date": {
        "en": "date|dates|year|years|month|months|day|days|deadline|deadlines",
        "fr": "date|dates|année|années|mois|jour|jours|échéance|délai|an",
        "es": "fecha|fechas|año|años|mes|meses|día|días|plazo|plazos",
        "ru": "дата|даты|дату|датах|год|году|года|годы|годах|месяц|месяце|день|сроки|срок|число",
        "ar": "تاريخ|تواريخ|سنة|سنوات|عام|أعوام|شهر|يوم|موعد|مواعيد",
        "zh": "日期|年份|年|月份|时间|期限|日子|时候",
    },
    "amount": {
        "en": "amount|amounts|sum|sums|percentage|percentages|number|numbers|proportion|share|total|price|cost|"
              "costs|budget|"
              "quantity|figure|figures|amount of money",
        "fr": "montant|montants|somme|sommes|pourcentage|pourcentages|nombre|proportion|part|total|prix|coût|coûts|"
              "budget|"
              "chiffre|chiffres",
        "es": "monto|montos|importe|importes|suma|sumas|cantidad|cantidades|porcentaje|porcentajes|número|"
              "proporción|total|"
              "precio|costo|costos|coste|presupuesto|cifra|cifras|cuantía",
        "ru": "сумма|суммы|сумму|размер|процент|доля|долю|количество|число лиц|стоимость|объем|цена|бюджет|сумм|"
              "процента",
        "ar": "مبلغ|مبالغ|نسبة|نسبة مئوية|قيمة|مقدار|تكلفة|تكاليف|حصة|ميزانية|سعر",
        "zh": "金额|数额|数目|比例|百分比|数量|款额|费用|成本|总额|预算|份额",
    },
}  # fmt: skip
"""What is asked for."""

OTHER_NOUNS: Final = {
    "en": "law|laws|office|offices|team|teams|review|reviews|report|reports|visit|visits|profile|profiles|programme|"
          "programmes|policy|policies|expert|experts|practice|practices|action|measures|level|needs|experience|data",
    "zh": "法律|法|报告|措施|语言|需求|案例|经验|专家|代表|人|事|做法|政策|制度|领域|方面|审议|挑战|问题|办法|"
          "工具|项目|方案",
}  # fmt: skip
"""After a noun of the list these are what is asked for, and no list is: "which country reports"."""

MODIFIERS: Final = {
    "en": "",
    "fr": "autres|autre|principaux|principales|différents|différentes|divers|diverses|grands|grandes|premiers|"
          "nouveaux|"
          "nouvelles|deux|trois|tous|toutes|exact|exacte|exacts",
    "es": "otros|otras|otro|otra|principales|diferentes|distintos|distintas|diversos|diversas|nuevos|nuevas|primeros|"
          "grandes|dos|tres|todos|todas",
    "ru": "",
    "ar": "جميع|كل|سائر|من|هذه|تلك|أسماء|مختلف",
    "zh": "联合国|国际|区域|地区|发展中|发达|其他|其它|主要|欧洲|非洲|亚洲|拉丁美洲|美洲|缔约|成员|专门|政府|"
          "政府间|司法|"
          "执法|反腐败|具体|公约|国内|多边|金融|不同|的|个|名|项|家|些|所有|全部|新|外|阿拉伯|伊斯兰|监管|条约|"
          "国家|非政府|"
          "民间社会|相关|有关",
}  # fmt: skip
"""What may stand between the asking word and what is asked for. In English and Russian that is told by its form."""

ARTICLES: Final = {
    "en": "the|all|me|all the|us|a|list|of|lists|names|these|those|every|please|any|an|in|for|on|exact",
    "fr": "les|le|la|l|tous|toutes|des|de|du|moi|nous|une|liste|noms|ces|dans|s|vous|plaît|plait|exact|exacte",
    "es": "los|las|el|la|todos|todas|de|una|lista|me|nombres|esos|estos|por|favor|exacta|exacto",
    "ru": "все|всех|мне|список|названия|пожалуйста|эти|те|перечень",
    "ar": "جميع|كل|لي|أسماء|هذه|تلك|قائمة|ب|من|لنا|فضلك",
    "zh": "所有|全部|有关|相关|各|一下|我|有|的|出|下",
}
"""After an order ("list all the countries") these may stand before what is asked for."""

PREPOSED: Final = {
    "en": "in|by|of|under|from|to|for|and|on|with|at|so|but|about|per|please|according",
    "fr": "dans|par|de|a|en|sur|et|pour|selon|avec|sous|depuis|aux|au|chez|s|il|vous|plait|mais",
    "es": "en|por|de|a|sobre|y|para|segun|con|bajo|desde|entre|ante|pero",
    "ru": "в|во|на|о|об|по|с|со|и|для|из|от|у|к|а|при|согласно|между|до",
    "ar": "في|من|علي|الي|عن|مع|و|بموجب|وفقا|لدي|ضمن|بين",
    "zh": "",
}
"""What may stand before the asking word where the question begins with it."""

RELATIVES: Final = {
    "en": "that|which|where|whose|who|using|with|having|in",
    "fr": "qui|ou|dont|ayant|utilisant|dans|auxquels|disposant",
    "es": "que|donde|cuyos|cuyas|con|en",
    "ru": "которые|которых|которым|где|имеющие|использующие|применяющие|в|чьи|которая|которое|которыми",
    "ar": "التي|الذي|اللتان|ذات|المستخدمه",
    "zh": "",
}
"""After these a noun at the beginning is what is asked for: "countries that use ..."."""

OPENINGS: Final = {
    "en": "please|can|could|would|you|will|kindly|the|all|a|list|name|names|give|show|tell|me|us|find|identify|"
    "of|i|want|need|know",
    "fr": "les|le|la|tous|toutes|liste|noms|donnez|moi|une|est|ce|que|savoir|listez|citez|c",
    "es": "los|las|el|la|todos|todas|lista|una|nombres|dime|digame|saber",
    "ru": "все|всех|список|перечень|пожалуйста|мне|скажите|названия",
    "ar": "جميع|كل|قائمة|أسماء|من|فضلك|هل|هي|هو",
    "zh": "请问|请|所有|全部|列出|在|于|由|为|从|是|的|请告诉我|我想知道|有|有关|各",
}
"""Before what is asked for these say nothing of the subject."""

AUXILIARIES: Final = {
    "en": "do|does|did|is|are|was|were",
    "fr": "est|sont|t|il|elle|ils|elles",
    "es": "",
    "ru": "",
    "ar": "",
    "zh": "",
}
"""Behind what is asked for these only carry the tense."""

LIGHT: Final = {
    "en": "use|uses|used|using|have|has|had|having|apply|applies|applied|applying|there are|there is|there were",
    "fr": "utilisent|utilise|utilisaient|ont utilisé|utilisant|utiliser|utilisés|ont|a|avaient|avoir|ayant|appliquent|"
          "applique|appliquer|disposent de|disposent d|disposent|recourent à|y a",
    "es": "usan|usa|usaron|usar|usando|utilizan|utiliza|utilizaron|utilizar|utilizando|tienen|tiene|tenían|"
    "tener|aplican|"
          "aplica|aplicar|han utilizado|disponen de|emplean|hay",
    "ru": "использовать|используют|использует|использовали|использующие|использующих|применять|применяют|применяет|"
          "применяли|применяющие|применяющих|иметь|имеют|имеет|имели|имеющие|есть",
    "ar": "تستخدم|يستخدم|تستعمل|استخدمت|تستخدمها|المستخدمة|لديها|لديه|لدى|تطبق|يطبق|طبقت|تملك|عندها",
    "zh": "使用了|使用|采用了|采用|适用|有|拥有|具有|实行|运用|应用",
}  # fmt: skip
"""Verbs that say no more than that there is what follows."""
