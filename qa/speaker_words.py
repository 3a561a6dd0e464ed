"""How reports of the UN speak of those who speak, in the six languages. Words as they are folded; `|` divides them.

A role is one of two: who was invited to speak ("panellist") and who takes the floor ("speaker"), because "the
panellist" goes back to the last panellist whoever spoke in between.
"""

from typing import Final

PANELLISTS: Final = {
    "en": "panellist|panelist|presenter|keynote speaker|moderator|expert",
    "fr": "intervenant|intervenante|panéliste|conférencier|conférencière|expert|experte|modérateur|modératrice",
    "es": "panelista|ponente|experto|experta|moderador|moderadora|expositor|expositora",
    "ru": "докладчик|докладчица|участник дискуссионной группы|участница дискуссионной группы|эксперт|лектор|модератор",
    "ar": "مشارك في حلقة النقاش|مشاركة في حلقة النقاش|محاور|محاورة|مناظر|مناظرة|خبير|خبيرة|محاضر|محاضرة",
    "zh": "主讲人|专题发言人|专题讨论嘉宾|小组成员|专家|主持人|主旨发言人",
}
SPEAKERS: Final = {
    "en": "speaker|representative|delegate|delegation|observer|Ambassador|Minister",
    "fr": "orateur|oratrice|représentant|représentante|délégué|déléguée|délégation|observateur|observatrice",
    "es": "orador|oradora|representante|delegado|delegada|delegación|observador|observadora",
    "ru": "оратор|выступающий|выступающая|представитель|представительница|делегат|делегация|наблюдатель",
    "ar": "متكلم|متكلمة|متحدث|متحدثة|ممثل|ممثلة|مندوب|مندوبة|وفد|مراقب",
    "zh": "发言者|发言人|代表|代表团|观察员|与会者",
}
UNNAMED: Final = {
    "en": "one speaker|a speaker|another speaker|other speakers|several speakers|some speakers|many speakers|"
    "a number of speakers|most speakers|speakers|one delegation|another delegation|several delegations|"
    "some delegations|many delegations|a number of delegations|one representative|another representative|"
    "several representatives|some representatives|many representatives|one panellist|another panellist|"
    "several panellists|some panellists|one participant|several participants|some participants|a participant",
    "fr": "un orateur|une oratrice|un autre orateur|une autre oratrice|plusieurs orateurs|certains orateurs|"
    "de nombreux orateurs|nombre d'orateurs|quelques orateurs|d'autres orateurs|des orateurs|une délégation|"
    "une autre délégation|plusieurs délégations|certaines délégations|de nombreuses délégations|un représentant|"
    "plusieurs représentants|certains représentants|un intervenant|une intervenante|plusieurs intervenants|"
    "certains intervenants|un participant|plusieurs participants",
    "es": "un orador|una oradora|otro orador|otra oradora|varios oradores|algunos oradores|muchos oradores|"
    "numerosos oradores|otros oradores|una delegación|otra delegación|varias delegaciones|algunas delegaciones|"
    "un representante|varios representantes|algunos representantes|un ponente|una ponente|varios ponentes|"
    "algunos ponentes|un panelista|varios panelistas|un participante|varios participantes",
    "ru": "один из ораторов|одна из ораторов|один оратор|другой оратор|еще один оратор|несколько ораторов|"
    "ряд ораторов|некоторые ораторы|многие ораторы|другие ораторы|одна из делегаций|одна делегация|"
    "несколько делегаций|ряд делегаций|некоторые делегации|многие делегации|один из представителей|"
    "один из выступавших|один из выступающих|некоторые выступавшие|многие выступавшие|ряд выступавших|"
    "один из докладчиков|один из участников|несколько участников|некоторые участники",
    "ar": "أحد المتكلمين|إحدى المتكلمات|متكلم آخر|متكلمة أخرى|عدة متكلمين|بعض المتكلمين|العديد من المتكلمين|"
    "عدد من المتكلمين|كثير من المتكلمين|أحد الوفود|بعض الوفود|عدة وفود|أحد الممثلين|بعض الممثلين|أحد المتحدثين|"
    "بعض المتحدثين|عدد من المتحدثين|أحد المحاورين|أحد المشاركين|بعض المشاركين",
    "zh": "一位发言者|一名发言者|另一位发言者|另一名发言者|有几位发言者|几位发言者|若干发言者|一些发言者|有些发言者|"
    "许多发言者|多位发言者|其他发言者|一个代表团|另一个代表团|几个代表团|一些代表团|许多代表团|一位代表|一名代表|"
    "另一位代表|几位代表|一些代表|许多代表|一位主讲人|另一位主讲人|几位主讲人|一些主讲人|一位与会者|一些与会者|"
    "几位与会者|一位发言人|另一位发言人|几位发言人|一些发言人",
}
"""Somebody spoke who is not named."""

THE: Final = {
    "en": "the|this|that|the same",
    "fr": "le|la|l|cet|cette|ce",
    "es": "el|la|este|esta|ese|esa|dicho|dicha",
    "ru": "этот|эта|данный|данная|упомянутый|",
    "ar": "هذا|هذه|",
    "zh": "该|这位|这名|上述",
}
"""Before a role these lead back to who had it last; in Arabic the article does, in Russian often nothing."""

COUNTRY: Final = {
    "en": "her country|his country|their country|her government|his government|her delegation|his delegation",
    "fr": "son pays|leur pays|son gouvernement",
    "es": "su país|su gobierno",
    "ru": "ее страна|его страна|его страны|ее страны|своя страна|их страна|его правительство|ее правительство",
    "ar": "بلده|بلدها|بلدهم|بلاده|بلادها|بلادهم|حكومته|حكومتها",
    "zh": "她的国家|他的国家|其国家|本国|她国|他国家|该国政府|她的政府|他的政府",
}
"""The country of who speaks."""
PRONOUNS: Final = {
    "en": "she|he", "fr": "elle|il", "es": "ella|él", "ru": "она|он", "ar": "", "zh": "她|他",
}  # fmt: skip
"""Who speaks, at a sentence's beginning or behind its first clause."""

OF: Final = {
    "en": "from|of|for|the",
    "fr": "de|du|des|d|la|le|l|les|pour",
    "es": "de|del|la|el|los|las|por",
    "ru": "из|от|",
    "ar": "من|عن|",
    "zh": "",
}
"""Between a role and the name of who has it."""

SOME_COUNTRIES: Final = {
    "en": "countries|States|States parties|States Parties|Member States|jurisdictions|nations|Governments",
    "fr": "pays|États|États parties|États Membres|gouvernements",
    "es": "países|Estados|Estados partes|Estados Miembros|gobiernos",
    "ru": "стран|государств|страны|государства|государств-участников|государства-участники|правительств",
    "ar": "بلدان|بلدا|دول|دولة|الدول الأطراف",
    "zh": "国家|缔约国|会员国|成员国|国",
}
COUNTED: Final = {
    "en": "several|some|many|a number of|various|most|two|three|four|five|six|seven|eight|nine|ten|other",
    "fr": "plusieurs|certains|quelques|de nombreux|divers|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|d'autres",
    "es": "varios|algunos|muchos|diversos|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|otros",
    "ru": "несколько|ряд|некоторые|многие|два|три|четыре|пять|шесть|семь|восемь|девять|десять|другие",
    "ar": "عدة|بعض|عدد من|العديد من|كثير من",
    "zh": "几个|一些|许多|多个|若干|两个|三个|四个|五个|其他|有些",
}
"""With the words above: countries of which only the number is said."""
