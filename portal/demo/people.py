"""Names nobody bears and numbers nobody has: whoever reads one sees that it is made up."""

from __future__ import annotations

from random import Random

FAMILY_NAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô")
GIVEN_NAMES = ("Thí Dụ", "Làm Mẫu", "Minh Họa", "Giả Định", "Ví Dụ", "Thử Nghiệm", "Tượng Trưng", "Ước Lệ")


def name(random: Random) -> str:
    """A Vietnamese-looking name whose given part says "example", "sample" or "fictional"."""
    return f"{random.choice(FAMILY_NAMES)} {random.choice(GIVEN_NAMES)}"


def phone(number: int) -> str:
    """A mobile number of a range that is not given out, different for each ``number``."""
    return f"0900{number % 1_000_000:06}"


def identity(number: int) -> str:
    """Twelve digits that no identity card bears: no province has the code 000."""
    return f"000{number % 1_000_000_000:09}"
