"""The words by which questions in the six UN languages lean on what was said before.

Closed classes only: articles, pronouns, prepositions, forms of "be" and "have", question words. They are few, and
rarely change; the content words of a question are all the others. Compared in folded spelling, as
`embeddings.words.fold` makes it.
"""

import re
from typing import Final

from embeddings.words import UNSPACED, fold

_HAN: Final = re.compile(f"[{UNSPACED}]")
_FUNCTION: Final = {
    "en": "a an the and or but nor so then than as if because while since though although that which who whom whose "
    "what when where why how whether i me my mine myself we us our ours you your yours he him his himself she her "
    "hers herself it its itself they them their theirs themselves one ones this these those such same there here "
    "other others another else more most any some all each every both either neither no not only just also too very "
    "much many few several less own similar different am is are was were be been being do does did done doing have "
    "has had having can could will would shall should may might must cannot of in on at by for with about against "
    "between into through during before after above below to from up down out off over under again further per via "
    "within without across among towards upon until s t d ll re ve m don doesn didn isn aren wasn weren won wouldn "
    "couldn shouldn hasn haven yes ok okay please thanks tell give show explain describe clarify know mean meant say "
    "speaking regarding concerning exactly actually really",
    "fr": "le la les l un une des du de d au aux ce cet cette ces c mon ma mes ton ta tes son sa ses notre nos votre "
    "vos leur leurs je j tu il elle on nous vous ils elles me m te t se s lui y en eux moi toi qui que qu quoi dont "
    "où quand comment pourquoi combien quel quelle quels quelles lequel laquelle lesquels lesquelles et mais ou donc "
    "or ni car si comme ainsi alors puis aussi encore plus moins très trop peu beaucoup tout toute tous toutes autre "
    "autres même mêmes tel telle tels telles chaque certains certaines plusieurs quelque quelques aucun aucune ne n "
    "pas non oui est sont était étaient été être étant sera seront serait soit a ont avait avaient avoir ayant eu "
    "aura aurait peut peuvent pourrait pourraient pouvoir doit doivent devrait voulais veux voulu dire à dans par "
    "pour sur sous avec sans entre vers chez depuis pendant avant après contre selon lors ici là cela ça ceci celui "
    "celle ceux celles ci sujet propos merci exactement",
    "es": "el la los las un una unos unas lo al del de a en con sin por para sobre entre hacia hasta desde durante "
    "según contra ante bajo tras y e o u ni pero sino que quien quienes quién quiénes cual cuales cuál cuáles cuánto "
    "cuánta cuántos cuántas cuando cuándo donde dónde como cómo porque qué si mi mis tu tus su sus nuestro nuestra "
    "nuestros nuestras yo tú él ella ello nosotros ellos ellas usted ustedes me te se nos le les este esta esto estos "
    "estas ese esa eso esos esas aquel aquella aquello aquellos aquellas tal tales mismo misma mismos mismas otro "
    "otra otros otras más menos muy mucho mucha muchos muchas poco todo toda todos todas cada algún alguno alguna "
    "algunos algunas ningún ninguno ninguna no sí también ya aún solo es son era eran fue fueron ser sido sea será "
    "están estaba estaban estar ha han había haber hay hubo puede pueden podría podrían poder debe deben entonces "
    "pues así allí allá ahí aquí quiero quise decir refiero refería gracias exactamente",
    "ru": "и а но или либо да нет не ни же ли бы то что чтобы кто кого кому кем ком чем чего чему какой какая какое "
    "какие каких каким какими какого какую каком который которая которое которые которых когда где куда откуда как "
    "почему зачем сколько чей чья чье чьи я меня мне мной мы нас нам нами ты тебя вы вас вам вами он его него ему "
    "нему им ним нем она ее нее ей ней оно они их них ими ними себя свой своя свое свои своего своей своих своим этот "
    "эта это эти этого этой эту этом этих этим этими тот та те того той ту том тех тем такой такая такое такие таких "
    "таким такого такую самый сам сама сами быть был была было были будет будут есть является являются может могут "
    "можно в во на с со к ко о об обо от до из у за по под над при про для без между через после перед против около "
    "среди весь вся все всех всем каждый другой другая другое другие других другим еще уже только также тоже более "
    "менее очень много мало так там тут здесь потом тогда если потому поэтому насчет имел имела виду хотел сказать "
    "спасибо именно",
    "ar": "من إلى على في عن مع بين حتى منذ خلال بعد قبل عند لدى حول ضد دون غير و أو أم ثم لكن بل إن أن إذا لو لا ما "
    "لم لن ليس ليست هل ماذا متى أين كيف لماذا كم أي أية الذي التي الذين اللاتي اللواتي هو هي هم هن هما أنا نحن أنت "
    "أنتم هذا هذه هؤلاء هذان ذلك تلك أولئك هنا هناك نفس نفسه نفسها ذاته ذاتها مثل كان كانت كانوا يكون تكون قد سوف كل "
    "بعض جميع أحد آخر أخرى آخرون أخريات أيضا فقط أكثر أقل جدا كما لقد له لها لهم به بها بهم فيه فيها فيهم عنه عنها "
    "عنهم منه منها منهم عليه عليها عليهم إليه إليها إليهم لديه لديها لديهم أقصد قصدت أعني نعم شكرا بالنسبة بشأن بخصوص "
    "وما وماذا ومن ومتى وأين وكيف ولماذا وكم وهل يمكن يجب",
}
FUNCTION: Final = frozenset(fold(word) for words in _FUNCTION.values() for word in words.split())
"""Of all languages together: a short question seldom tells its own."""

FUNCTION_HAN: Final = re.compile(
    "请问|请|什么时候|为什么|什么|为何|怎么样|怎么|怎样|如何|何时|何地|多少|几个|哪一个|哪些|哪个|哪里|哪儿|哪|谁|是否|能否|可否|"
    "是不是|有没有|有关|关于|至于|对于|我们|你们|他们|她们|它们|我|你|他|她|它|这一个|那一个|这些|那些|这个|那个|这里|那里|这|那|其中|其他|其它|"
    "别的|另外|同样|一样|相同|不是|是|的话|的|了|吗|呢|吧|啊|呀|么|还有|也|都|还|又|而且|而|并且|和|与|以及|或者|或|在|有|"
    "指的是|意思是|想问|想知道|告诉|说"
)
"""Characters without content of their own. They are looked for where a question is weighed, not where it is searched: a
词 of several characters may hold one of them, which makes it a little lighter."""

_POINTERS: Final = {
    "en": "he him his she her hers it its they them their theirs this that these those such same there one ones "
    "latter former",
    "fr": "il elle ils elles lui leur leurs son sa ses y eux cela ça ceci celui celle ceux celles tel telle tels "
    "telles même mêmes",
    "es": "él ella ello ellos ellas su sus este esto estos ese esa eso esos esas aquel aquella aquello aquellos "
    "aquellas tal tales mismo misma mismos mismas allí allá ahí",
    "ru": "он его него ему нему ним нем она ее нее ей ней они их них им ими ними это этот эта эти этого этой эту этом "
    "этих этим тот того той тех такой такая такое такие таких такого там",
    "ar": "هو هي هم هن هما هذا هذه هؤلاء ذلك تلك أولئك هناك نفسه نفسها ذاته ذاتها له لها لهم به بها بهم فيه فيها فيهم "
    "عنه عنها عنهم منه منها منهم عليه عليها عليهم إليه إليها إليهم لديه لديها لديهم",
}
POINTERS: Final = frozenset(fold(word) for words in _POINTERS.values() for word in words.split())
"""Pronouns and the like, which stand for something that was named before."""
POINTERS_HAN: Final = re.compile(
    "他们|她们|它们|他|她|它|这些|那些|这个|那个|这一|那一|这里|那里|这样|那样|上述|同样|其中|此|该|这|那"
)


def _starting(*phrases: str, also: str = "$^") -> re.Pattern[str]:
    """A pattern for any of `phrases`, separated by " | ", the longest first, at the start of folded text."""
    found = {fold(phrase.strip()) for group in phrases for phrase in group.split("|")}
    longest = sorted(found, key=lambda phrase: (-len(phrase), phrase))
    spaced = [re.escape(phrase) for phrase in longest if not _HAN.match(phrase)]
    unspaced = [re.escape(phrase) for phrase in longest if _HAN.match(phrase)]
    return re.compile(
        rf"(?:(?:{'|'.join(spaced)})(?![^\W{UNSPACED}])|(?:{'|'.join([*unspaced, also])}))[\s,،、:：.…!–—-]{{0,5}}"
    )


OPENER: Final = _starting(
    "and | but | or | so | then | also | what about | how about | what of | as for | regarding | concerning | "
    "ok | okay",
    "et | mais | ou | alors | donc | qu'en est-il de | qu'en est-il des | qu'en est-il du | qu'en est-il | quid de | "
    "quid des | quid du | quant à | quant au | quant aux | concernant",
    "y | e | pero | o | entonces | qué hay de | qué hay del | qué pasa con | qué tal | en cuanto a | en cuanto al | "
    "respecto a | respecto de",
    "а | и | но | или | что насчет | как насчет | а как же | что касается | тогда | а что",
    "ماذا عن | وماذا عن | و | لكن | ولكن | أو | أما | وأما | إذن | ما بال | بالنسبة إلى",
    "那么 | 还有 | 至于 | 而 | 另外 | 关于 | 但是 | 可是 | 所以",
    also="那(?=第)|那(?![些个里位种样时年次份一天儿不])",  # "then", not "that" or the beginning of a name
)
"""How a question begins that goes on from another one. Where it stands alone, nothing follows from it."""

NEGATION: Final = _starting(
    "no | nope | sorry | wrong | actually",
    "non | pardon",
    "perdón",
    "нет | извините",
    "لا | عفوا",
    "不是 | 不对 | 不 | 抱歉",
)
"""Before a comma, or before a correction's other words."""
CORRECTION: Final = _starting(
    "i meant to ask about | i meant to ask | i meant to say | i meant | i mean | i actually meant | "
    "i was asking about | i am asking about | i'm asking about | what i meant was | what i meant is | "
    "that was not my question | "
    "that's not my question | that is not my question | that is not what i asked | that's not what i asked | "
    "that is not what i meant | that's not what i meant | that wasn't my question | not that one",
    "je voulais dire | je voulais parler de | je veux dire | je veux parler de | je parlais de | je parle de | "
    "je pensais à | ce n'est pas ma question | ce n'était pas ma question",
    "quise decir | quería decir | quiero decir | me refiero a | me refiero al | me refería a | me refería al | "
    "esa no era mi pregunta | no era mi pregunta | no es mi pregunta",
    "я имел в виду | я имела в виду | я имею в виду | имелось в виду | имел в виду | имела в виду | я хотел сказать | "
    "я хотела сказать | я хотел спросить | я хотела спросить | я спрашивал о | я спрашивала о | это не мой вопрос",
    "أقصد | قصدت | كنت أقصد | أعني | قصدي | ما أقصده هو | ليس هذا سؤالي | لم يكن هذا سؤالي",
    "我的意思是 | 我是说 | 我说的是 | 我指的是 | 我是指 | 我想问的是 | 我问的是 | 这不是我的问题 | 那不是我的问题",
)

_ORDINALS: Final = (
    (1, "first 1st premier première 1er 1re primero primera primer первый первая первое первую первом первого первой "
        "الأول الأولى أول former"),
    (2, "second 2nd deuxième second seconde 2e segundo segunda второй вторая второе вторую втором второго الثاني "
        "الثانية ثاني"),
    (3, "third 3rd troisième 3e tercero tercera tercer третий третья третье третью третьем третьего третьей الثالث "
        "الثالثة ثالث"),
    (4, "fourth 4th quatrième 4e cuarto cuarta четвертый четвертая четвертое четвертую четвертом четвертого четвертой "
        "الرابع الرابعة رابع"),
    (5, "fifth 5th cinquième 5e quinto quinta пятый пятая пятое пятую пятом пятого пятой الخامس الخامسة خامس"),
    (6, "sixth 6th sixième 6e sexto sexta шестой шестая шестое шестую шестом шестого السادس السادسة سادس"),
    (7, "seventh 7th septième 7e séptimo séptima седьмой седьмая седьмое седьмую седьмом седьмого السابع السابعة سابع"),
    (8, "eighth 8th huitième 8e octavo octava восьмой восьмая восьмое восьмую восьмом восьмого الثامن الثامنة ثامن"),
    (9, "ninth 9th neuvième 9e noveno novena девятый девятая девятое девятую девятом девятого девятой التاسع التاسعة "
        "تاسع"),
    (10, "tenth 10th dixième 10e décimo décima десятый десятая десятое десятую десятом десятого десятой العاشر "
         "العاشرة عاشر"),
    (-1, "last latter dernier dernière último última последний последняя последнее последнюю последнем последнего "
         "последней الأخير الأخيرة"),
)  # fmt: skip
ORDINALS: Final = {fold(word): number for number, words in _ORDINALS for word in words.split()}
"""The place in a list, from 1; -1 is its end."""
ORDINAL_HAN: Final = re.compile(
    "(?:第(?P<number>[一二三四五六七八九十]|[0-9]{1,2})|(?P<last>最后一?|倒数第一))"
    "(?:(?:个|项|位|名|种|点|句|处)(?:的)?)?(?P<noun>国家|国|答案|结果|引文|回答|例子|发言者|主讲人|发言人)?(?<!第[一二三四五六七八九十0-9])(?<!最后)(?<!最后一)(?=$|[^\u3400-\u4dbf\u4e00-\u9fff0-9]|呢|的|吗|是|有|在|怎|何|为|什|如)"
)

_COUNTRY_NOUNS: Final = (
    "country countries state states pays état états país países estado estados страна страны стране страну стран "
    "государство государства государстве البلد بلد بلده بلدها بلدهم الدولة دولة دولته دولتها دولتهم"
)
_CITED_NOUNS: Final = (
    "paragraph passage result answer source quote quotation citation paragraphe résultat réponse citation párrafo "
    "pasaje resultado respuesta fuente cita абзац ответ результат источник цитата الفقرة النتيجة الجواب الإجابة المصدر "
    "الاقتباس 答案 结果 引文 回答"
)
_OTHER_NOUNS: Final = (
    "one ones point item row speaker example ligne orateur oratrice exemple punto fila orador oradora ejemplo пункт "
    "пункте пункта пример оратор النقطة المثال المتحدث"
)
COUNTRY_NOUNS: Final = frozenset(fold(word) for word in f"{_COUNTRY_NOUNS} 国家 国".split())
CITED_NOUNS: Final = frozenset(fold(word) for word in _CITED_NOUNS.split())
GENERIC: Final = COUNTRY_NOUNS | CITED_NOUNS | frozenset(fold(word) for word in _OTHER_NOUNS.split())
"""What a row or a citation of an answer may be called; alone such a word says nothing new."""
DEFINITE: Final = frozenset({"the", "its", "le", "la", "l", "les", "du", "au", "el", "lo", "los", "las", "del", "al"})
GENERIC_HAN: Final = frozenset(
    {"国家", "国", "本国", "该国", "答案", "结果", "发言者", "主讲人", "发言人", "段落", "例子"}
)

_POSSESSED_COUNTRY: Final = "بلده بلدها بلدهم دولته دولتها دولتهم"
POSSESSED: Final = frozenset(fold(word) for word in _POSSESSED_COUNTRY.split())
"""Nouns onto which a possessive is written."""

_ONE_NAMED: Final = (
    "he him his she her hers its there lui son sa elle él ella su ello allí allá ahí "
    "его него ему нему ним нем ее нее ей ней там هو هي له لها به بها فيه فيها عنه عنها منه منها عليه عليها إليه إليها "
    "لديه لديها هناك"
)
ONE_NAMED: Final = frozenset(fold(word) for word in _ONE_NAMED.split()) | POSSESSED
"""Pointers to one that was named, as opposed to several."""
ONE_NAMED_HAN: Final = re.compile("(?<!其)(?:他|她)(?!们)|那里|这里|该国|那个国家|这个国家|其(?![他它实余中次])")

_INTERROGATIVE: Final = (
    "what when where why how who whom whose which is are was were do does did has have can could "
    "qui que quoi quand où comment pourquoi combien quel quelle quels quelles "
    "qué quién quiénes cuál cuáles cuánto cuánta cuántos cuántas cuándo dónde cómo "
    "что кто когда где куда откуда как почему зачем сколько какой какая какое какие чей ли "
    "ماذا متى أين كيف لماذا كم هل من أي"
)
INTERROGATIVE: Final = frozenset(fold(word) for word in _INTERROGATIVE.split()) - {"que", "как"}
"""Words that ask for something, so that a question with one is more than a name: "when was that?"."""
INTERROGATIVE_HAN: Final = re.compile("什么|为何|怎|如何|何时|何地|多少|几个|谁|哪|是否|能否|是不是|有没有|吗")
