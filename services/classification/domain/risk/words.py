"""What an operator reads of a warning."""

from services.classification.domain.risk.chance import Finding


def evidence(area: str, category: str, finding: Finding, interval: float) -> str:
    """How many there were, how many there usually are, how rare that is."""
    usual = f"约 {finding.expected:.1f}" if finding.expected >= 0.05 else "不到 0.1"
    counted = f"{area} {finding.days} 天内{category} {finding.observed} 起，往常{usual} 起"
    return f"{counted}，全区{in_words(interval)}一遇"


def in_words(days: float) -> str:
    """A recurrence interval as people say it."""
    if days < 60:
        return f"约 {days:.0f} 天"
    if days < 700:
        return f"约 {days / 30.4:.0f} 个月"
    return f"约 {days / 365.25:.0f} 年" if days < 36_525 else "百年以上"
