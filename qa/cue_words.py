"""The words of cues in six languages, and the words that explain them."""

from collections.abc import Mapping
from typing import Final

NEGATION: Final[Mapping[str, str]] = {
    "en": "not|no|never|none|neither|nor|nobody|nothing|cannot|don't|doesn't|didn't|isn't|aren't|wasn't|weren't|hasn't|"
    "haven't|hadn't|can't|couldn't|won't|wouldn't|shouldn't|mustn't|without|unable to|lack|lacks|lacked|lacking|yet to|"
    "fail to|fails to|failed to|absence of|no longer|not yet",
    "fr": "pas|aucun|aucune|aucuns|aucunes|jamais|nullement|sans|ni|absence de|manque de|faute de|nul|nulle",
    "es": "no|nunca|jamás|ningún|ninguna|ninguno|ningunos|ningunas|tampoco|sin|ni|nadie|nada|carece|carecen|carecía|"
    "carecían|aún no|todavía no|ya no|falta de|ausencia de",
    "ru": "не|нет|ни|никогда|никакой|никаких|никакая|никакие|никакого|никто|ничего|нельзя|невозможно|отсутствует|"
    "отсутствуют|отсутствие|отсутствовала|отсутствовали|без|пока не|еще не|больше не",
    "ar": "لا|لم|لن|ليس|ليست|ليسوا|لسنا|ألا|عدم|بدون|من دون|دون|لا يوجد|لا توجد|لم يعد|لم تعد",
    "zh": "没有|没|尚未|尚无|未曾|从未|未能|并未|未|不|不能|不会|不是|无法|无权|并无|毫无|无任何|从不|绝不|并非|"
    "绝非|而非|"
    "不再|不得|拒绝|缺乏|缺少|否认",
}  # fmt: skip
MODEL: Final[Mapping[str, str]] = {
    "en": "modelled on|modeled on|modelled after|modeled after|based on|based upon|inspired by|drawing on|"
    "draws on|drew on|"
    "patterned after|patterned on|along the lines of|following the example of|following the model of|as a model|"
    "modelled upon|borrowed from|taken from|adapted from|similar to",
    "fr": "inspiré de|inspirée de|inspirés de|inspirées de|inspiré du|inspirée du|inspiré par|inspirée par|"
    "s'inspirant de|"
    "s'inspirant du|s'inspire de|s'inspire du|s'inspirer de|s'inspirent de|fondé sur|fondée sur|fondés sur|fondées sur|"
    "basé sur|basée sur|basés sur|basées sur|sur le modèle de|sur le modèle du|calqué sur|calquée sur|calqués sur|"
    "à l'instar de|à l'exemple de|à l'image de|repose sur|reposent sur|reposait sur",
    "es": "basado en|basada en|basados en|basadas en|se basa en|se basan en|se basaba en|inspirado en|inspirada en|"
    "inspirados en|inspiradas en|inspirado por|inspirada por|se inspira en|se inspiran en|se inspiró en|"
    "siguiendo el modelo|"
    "según el modelo|conforme al modelo|a semejanza de|a imagen de|tomando como modelo|siguiendo el ejemplo",
    "ru": "по образцу|на основе|на основании|основан на|основана на|основано на|основаны на|основанный на|"
    "основанная на|"
    "основанные на|основывается на|основываются на|базируется на|базируются на|по примеру|по модели|взяв за основу|"
    "взят за основу|смоделирован по|вдохновленный|опирается на|опираясь на|заимствован из|заимствована из",
    "ar": "على غرار|مستند إلى|مستندة إلى|المستند إلى|المستندة إلى|يستند إلى|تستند إلى|استنادا إلى|استند إلى|استندت إلى|"
    "مستوحى من|مستوحاة من|مستلهم من|مستلهمة من|بناء على|قائم على|قائمة على|على أساس|يقوم على|تقوم على|على نموذج|"
    "على مثال|اقتداء ب|أسوة ب|مبني على|مبنية على|مقتبس من|مقتبسة من",
    "zh": "为基础|借鉴|参照|仿照|效仿|模仿|基于|为蓝本|为范本|为榜样|为模式|为模型|为样板|"
    "为原型|为模板|参考了|脱胎于|取自|源自|为依据|启发",
}  # fmt: skip
PLANNED: Final[Mapping[str, str]] = {
    "en": "drafting|drafted|being drafted|draft law|draft laws|draft legislation|draft bill|draft act|"
    "draft provisions|bill|"
    "is preparing|are preparing|was preparing|were preparing|preparing|intends to|intend to|intended to|intention to|"
    "plans to|plan to|planned to|planning to|planned|plans for|considering|is considering|consider adopting|"
    "under consideration|envisage|envisages|envisaged|envisaging|proposed|proposes to|pending adoption|in preparation|"
    "aims to adopt|expected to adopt|would introduce|would adopt|contemplating|under discussion|in the process of",
    "fr": "envisage|envisagent|envisageait|envisageaient|envisager|envisagé|envisagée|envisagés|envisagées|"
    "projet de loi|"
    "projets de loi|projet de texte|projet de décret|avant-projet|élabore|élaborent|en cours d'élaboration|élaborait|"
    "en cours de rédaction|rédige|rédigent|rédigeait|prévoit de|prévoient de|prévoyait de|a l'intention de|"
    "ont l'intention de|avait l'intention de|prépare|préparent|préparait|compte adopter|en préparation|"
    "proposition de loi|"
    "à l'étude|l'intention de|en train de",
    "es": "proyecto de ley|proyectos de ley|anteproyecto|anteproyectos|proyecto de texto|proyecto legislativo|"
    "redactando|"
    "elaborando|preparando|prevé|prevén|preveía|preveían|tiene la intención de|tienen la intención de|"
    "tenía la intención de|con la intención de|planea|planean|planeaba|proyecta|proyectan|se propone|se proponen|"
    "considerando la posibilidad|estudiando la posibilidad|está considerando|están considerando|en preparación|"
    "en proceso de|en estudio|en fase de redacción|en elaboración|borrador|pretende|pretenden",
    "ru": "законопроект|проект закона|проекты законов|проект законодательства|проект закона о|планирует|планируют|"
    "планировала|планировало|планируется|планировалось|планировать|намерен|намерена|намерено|намерены|намеревается|"
    "намереваются|разрабатывает|разрабатывают|разрабатывается|разрабатываются|разрабатывала|рассматривает возможность|"
    "рассматривают возможность|рассматривается возможность|рассматривает вопрос|готовит|готовят|готовится|"
    "в стадии разработки|находится в разработке|предусматривается принять|предполагает|предполагается|собирается",
    "ar": "مشروع قانون|مشاريع قوانين|مشروع القانون|مشروع تشريع|مشروع قرار|تعتزم|يعتزم|يعتزمون|اعتزام|تخطط|يخطط|"
    "تنوي|ينوي|"
    "بصدد|صياغة|تصوغ|يصوغ|قيد الإعداد|قيد الصياغة|قيد النظر|تنظر في إمكانية|ينظر في إمكانية|تنظر في اعتماد|"
    "ينظر في اعتماد|من المقرر|من المزمع|المزمع|تعد مشروع|يعد مشروع|تعكف على|يعكف على|مسودة|قيد الدراسة",
    "zh": "起草|草拟|拟订|拟定|拟|计划|打算|正在准备|准备制定|准备出台|正在考虑|考虑制定|考虑采用|考虑通过|"
    "考虑采取|草案|正在制定|正在拟订|正在编写|"
    "正在制订|意图|有意|筹备|酝酿|预计|预期|正在审议|正在研究|设想|拟议",
}  # fmt: skip
NO_CUES: Final[Mapping[str, str]] = {
    "en": "not only|not just|not merely|not least|not limited to|no later than|not later than|no less than|"
    "not less than|"
    "no more than|not more than|no fewer than|not fewer than|no doubt|whether or not|if not|no matter|no sooner|"
    "not to mention|without delay|without undue delay|without prejudice to|nothing but|none other than|"
    "considering that|"
    "nothing in this|not conviction based|without conviction|without a conviction|based on article|"
    "based on reciprocity|"
    "no objection|draft resolution|draft decision|draft report|not to exceed|based on conviction|"
    "planning|plan of action|action plan|plans of action|without exception|vis-à-vis",
    "fr": "non seulement|pas seulement|pas uniquement|pas moins de|sans délai|sans retard|sans préjudice|"
    "sans préjudice de|"
    "sans doute|sans condamnation|sans condamnation préalable|sans tarder|sans cesse|sans exception|"
    "pas à pas|pas que|premier pas|projet de résolution|fondée sur une condamnation|fondé sur une condamnation|"
    "en cours d'eau|sans-abri|sans frontières|sans que cela|pas plus tard|un pas|grand pas",
    "es": "no solo|no sólo|no solamente|no únicamente|no obstante|no gubernamental|no gubernamentales|no estatal|"
    "no estatales|sin demora|sin dilación|sin perjuicio de|sin perjuicio|sin embargo|sin duda|sin condena|"
    "sin condena previa|no basado en condena|no basada en condena|no basado en una condena|no basada en una condena|"
    "no menos de|no más de|no más tarde|no residentes|a menos que no|sin excepción|sin fines de lucro|"
    "proyecto de resolución|que no sea|si no|nada menos",
    "ru": "не только|не менее|не более|не позднее|тем не менее|не в последнюю очередь|не раз|не говоря|не считая|"
    "без вынесения обвинительного приговора|без осуждения|без промедления|"
    "без ущерба|без задержки|без неоправданных задержек|без исключения|во что бы то ни стало|как бы то ни было|"
    "ни один из, но|проект резолюции|не ограничиваясь|не исключая|на основе взаимности|основанной на приговоре",
    "ar": "لا سيما|ولا سيما|لا يزال|لا تزال|لا بد|لا غنى عنه|لا غنى عنها|لا شك|لا ريب|لا يتجزأ|لا تتجزأ|لا يقل عن|"
    "لا تقل عن|لا يتجاوز|كلا|كلاهما|لا يقتصر على|لا تقتصر على|لا فقط|ليس فقط|ألا وهو|ألا وهي|عدم التمييز|"
    "عدم الانحياز|دون الإقليمي|دون الإقليمية|دون إقليمية|دون إقليمي|دون تأخير|دون إبطاء|بدون تأخير|دون المساس|"
    "دون الإخلال|"
    "دون إدانة|بدون إدانة|عدم الإدانة|غير المستند إلى إدانة|غير المستندة إلى إدانة|غير مستندة إلى إدانة|"
    "غير مستند إلى إدانة|لا مركزية|إلا|وإلا|دون سن|من دون إدانة|مشروع قرار",
    "zh": "不同|不仅|不仅仅|不但|不断|不过|不少|不论|不管|不得不|不可或缺|不动产|不法|不当|不良|不明|来历不明|"
    "不久|不限于|"
    "不可避免|不平等|不歧视|差不多|不妨|不定期|不时|不等|不正当|不公|不公正|不力|不端|不遗余力|不可分割|"
    "不溯及既往|不安全|"
    "不稳定|不确定性|不确定|不只|不单|不单单|不懈|不禁|不结盟|不引渡|不扩散|不干涉|不可抗力|不迟于|不少于|"
    "不低于|不超过|"
    "不晚于|不多于|不妨碍|不损害|不影响|不歧视原则|不容忍|不记名|不合作|不透明|不择手段|不约而同|不失时机|不言而喻|"
    "毫不|必不可少|了不起|对不起|未来|未成年|未成年人|未遂|未婚|没收|没收令|无定罪没收|不经定罪的没收|不以定罪为基础|"
    "未经定罪的没收|以定罪为基础|非定罪|模拟|虚拟|比拟|计划署|开发计划署|环境规划署|行动计划|工作计划|计划生育|"
    "考虑到|决议草案|"
    "决定草案|报告草案|以对等为基础|准备金|随时准备|准备就绪|是不是|能不能|会不会|有没有|要不要|不妨害",
}  # fmt: skip
"""Begin or look like cues and are none."""

FRENCH_FIRST: Final = frozenset({"ne", "n"})
FRENCH_SECOND: Final = frozenset(
    {
        "pas",
        "aucun",
        "aucune",
        "jamais",
        "plus",
        "point",
        "rien",
        "personne",
        "guere",
        "ni",
        "nul",
        "nulle",
        "nullement",
    }
)

DISPLAYED: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "negation": "not",
        "model": "as a model",
        "planned": "planned or drafted",
        "unnamed": "not named",
        "named_in": "named in {place}",
    },
    "fr": {
        "negation": "négation",
        "model": "comme modèle",
        "planned": "prévu ou en projet",
        "unnamed": "non nommé",
        "named_in": "nommé au {place}",
    },
    "es": {
        "negation": "negación",
        "model": "como modelo",
        "planned": "previsto o en proyecto",
        "unnamed": "sin nombrar",
        "named_in": "nombrado en {place}",
    },
    "ru": {
        "negation": "отрицание",
        "model": "как образец",
        "planned": "планируется или в проекте",
        "unnamed": "не назван",
        "named_in": "назван: {place}",
    },
    "ar": {
        "negation": "نفي",
        "model": "كنموذج",
        "planned": "مزمع أو قيد الإعداد",
        "unnamed": "غير مسمى",
        "named_in": "مذكور بالاسم في {place}",
    },
    "zh": {
        "negation": "否定",
        "model": "作为范本",
        "planned": "计划或起草中",
        "unnamed": "未具名",
        "named_in": "名称见{place}",
    },
}
