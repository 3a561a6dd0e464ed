"""What only looks like the name of a body; the names themselves are in `data/bodies.json`."""

from typing import Final

NOT_BODIES: Final = (
    "United Nations Convention | United Nations Charter | Charter of the United Nations | United Nations resolution | "
    "Convention des Nations Unies | Charte des Nations Unies | Convención de las Naciones Unidas | "
    "Carta de las Naciones Unidas | Конвенция Организации Объединенных Наций | Конвенция ООН | "
    "Устав Организации Объединенных Наций | اتفاقية الأمم المتحدة | ميثاق الأمم المتحدة | 联合国宪章 | "
    "Council of Europe Convention | European Union Member | Homeland Security Council | "
    "大会堂 | 大会主席台 | 扩大会 | 盛大会 | 重大会 | 国家安全理事会 | 国家人权理事会"
)
"""What only looks like a name: parts of treaties' names and of other words."""

NATIONAL: Final = frozenset({"national", "supreme", "federal", "provincial"})
"""Before a name these make it another body's: a National Security Council is none of the UN."""

ENDINGS: Final = frozenset({"大会", "秘书处"})
"""Also the second half of many other bodies' names."""
BEFORE_ENDINGS: Final = frozenset("在由经请向和与及或据于为对到至按如是其当将促吁谢交了,。;、: ")
"""What may stand before them where they are the General Assembly and the Secretariat."""
