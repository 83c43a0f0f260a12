"""The school of `lucina run`: one small course, marked as a demonstration."""

from typing import Any

from sqlalchemy import Connection

from cloud.store import school

TITLE_EN, TITLE_ZH = "Monitoring at home (demo)", "在家监护（示范）"
LESSONS: tuple[dict[str, Any], ...] = (
    dict(
        title_en="How to find your baby's heartbeat", title_zh="怎样找到宝宝的心跳",
        text_en="Lie a little on your left side. Put gel on the round probe. Hold it below your "
        "navel and move it slowly. Stop when the sound is clear and steady. No clear signal yet "
        "is common. If you cannot find it, call your hospital.",
        text_zh="稍微向左侧躺。在圆形探头上涂耦合剂。放在肚脐下方，慢慢移动。"
        "声音清楚又平稳时就停下。一开始没有清楚的信号很常见。找不到时，请给医院打电话。",
        from_week=24, to_week=42, link="",
    ),
    dict(
        title_en="Your baby's movements", title_zh="宝宝的胎动",
        text_en="Choose a quiet time of the day. Count the movements for an hour. Compare with "
        "what is usual for your baby. Does your baby move less than usual? Call the hospital at "
        "once. Do not wait until tomorrow.",
        text_zh="每天选一个安静的时间。数一个小时的胎动。和宝宝平时比一比。"
        "比平时动得少吗？请马上给医院打电话。不要等到明天。",
        from_week=28, to_week=42, link="",
    ),
    dict(
        title_en="What to pack for the hospital", title_zh="去医院要带什么",
        text_en="Take your papers and your mother's book. Take your medicines. Pack soft clothes "
        "for you and your baby. Keep the bag near the door. Know who will drive you.",
        text_zh="带好证件和孕产妇手册。带上您吃的药。给自己和宝宝准备柔软的衣服。"
        "把包放在门边。想好谁送您去医院。",
        from_week=34, to_week=42, link="",
    ),
)  # fmt: skip


def fill(conn: Connection) -> None:
    course_id = school.add_course(conn, title_en=TITLE_EN, title_zh=TITLE_ZH, demo=True)
    for lesson in LESSONS:
        school.add_lesson(conn, course_id, lesson)
