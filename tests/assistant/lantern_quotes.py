"""What the sample company's documents say in figures, each text built anew from the data."""

from tests.assistant.lantern_figures import ONBOARDING, LanternFigures, between


def percent(value: float) -> str:
    return f"{100 * value:.1f}%"


def row(*cells: object) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def quoted_figures(data: LanternFigures) -> list[tuple[str, str]]:
    """Each (document, text) pair: the text is built from the data and must stand in the document."""
    return [
        *onboarding_figures(data),
        *experiment_figures(data),
        *incident_figures(data),
        *promotion_figures(data),
        *referral_figures(data),
        *win_back_figures(data),
        *channel_figures(data),
        *weekly_figures(data),
    ]


def onboarding_figures(data: LanternFigures) -> list[tuple[str, str]]:
    last, mature, previous = (
        ("2026-09-21", "2026-09-27"),
        ("2026-09-21", "2026-09-26"),
        ("2026-09-14", "2026-09-20"),
    )
    earlier = ("2026-09-07", "2026-09-13")
    weekly, note, sop = "weekly-2026-09-28", "release-5-2-onboarding", "new-user-sop"

    def others(period: tuple[str, str]) -> str:
        people = between(data.signups, *period)
        return percent(data.returned(people[people["channel"] != "douyin"], 1).mean())

    def others_pass(period: tuple[str, str]) -> str:
        people = between(data.signups, *period)
        people = people.loc[people["channel"] != "douyin", "user_id"]
        profile, interests = (people.isin(data.of(page)["user_id"]).sum() for page in ONBOARDING[2:4])
        return percent(interests / profile)

    def douyin(period: tuple[str, str]) -> str:
        return percent(data.retention(1, *period, channel="douyin"))

    def share(period: tuple[str, str]) -> str:
        return percent(data.users("signup", *period, channel="douyin") / data.users("signup", *period))

    def interests(period: tuple[str, str]) -> str:
        return percent(data.page_pass(*period, "onboarding_interests", channel="douyin"))

    everyone = percent(data.retention(1, *mature)), percent(data.retention(1, *previous))
    return [
        (weekly, row("新增用户", *(f"{data.users('signup', *p):,}" for p in (last, previous)))),
        (weekly, row("平均日活", *(f"{data.dau(*p):,.0f}" for p in (last, previous)))),
        (weekly, row("次日留存(已满期)", *everyone)),
        (weekly, row("其中抖音", douyin(mature), douyin(previous))),
        (weekly, row("其中非抖音", others(mature), others(previous))),
        (weekly, row("新手引导完成率", *(percent(data.completion(*p)) for p in (last, previous)))),
        (weekly, row("支付成功率", *(percent(data.payment_success(*p)) for p in (last, previous)))),
        (weekly, row("成交额(元)", *(f"{data.gmv(*p):,.0f}" for p in (last, previous)))),
        (weekly, f"抖音占新增 {share(last)},占比与前一周({share(previous)})相同"),
        (weekly, f"由 {interests(previous)} 降到 {interests(last)}"),
        (weekly, f"通过率 {others_pass(last)},没有变化"),
        (weekly, f"上周次日留存从 {everyone[1]} 掉到 {everyone[0]}"),
        (weekly, f"发帖 {data.count('post', *last)} 条"),
        (note, f"抖音次日留存 {douyin(earlier)},全体 {percent(data.retention(1, *earlier))}"),
        (note, f"全体 {percent(data.page_pass(*earlier, 'onboarding_interests'))}"),
        (note, f"引导完成率 {percent(data.completion(*earlier))}"),
        (sop, f"上线前一周次日留存 {everyone[1]}"),
        (sop, f"9 月 21 至 26 日注册者为 {everyone[0]}"),
    ]


def experiment_figures(data: LanternFigures) -> list[tuple[str, str]]:
    report = "short-onboarding-experiment"
    size = {arm: len(data.variant("short_onboarding", arm)) for arm in ("control", "treatment")}

    def line(name: str, control: float, treatment: float) -> tuple[str, str]:
        gain = f"+{100 * (treatment - control):.1f} 个百分点"
        return report, row(name, percent(control), percent(treatment), gain)

    def retention(k: int) -> tuple[float, float]:
        return data.variant_retention("control", k), data.variant_retention("treatment", k)

    return [
        (report, f"对照组({size['control']} 人) | 处理组({size['treatment']} 人)"),
        line("新手引导完成率", data.variant_completion("control"), data.variant_completion("treatment")),
        line("次日留存率", *retention(1)),
        line("7 日留存率", *retention(7)),
        line("30 日留存率", *retention(30)),
        (
            "new-user-sop",
            f"对照 {size['control']} 人 {percent(retention(1)[0])},"
            f"处理 {size['treatment']} 人 {percent(retention(1)[1])}",
        ),
    ]


def incident_figures(data: LanternFigures) -> list[tuple[str, str]]:
    report = "android-payment-postmortem"
    before, incident = ("2026-08-04", "2026-08-10"), ("2026-08-11", "2026-08-14")

    def android_orders(period: tuple[str, str]) -> tuple[int, int, float, set[int]]:
        placed = between(data.orders, *period)
        placed = placed[placed["platform"] == "android"]
        unpaid = placed[placed["status"] == "unpaid"]
        return len(placed), len(unpaid), unpaid["amount"].sum(), set(unpaid["user_id"])

    placed, unpaid, amount, people = android_orders(incident)
    usual = android_orders(before)
    again = people & set(between(data.of("payment_success"), "2026-08-15", "2026-09-13")["user_id"])
    daily = [
        data.payment_success(f"2026-08-{day}", f"2026-08-{day}", platform="android") for day in range(11, 15)
    ]
    return [
        (report, f"前一周的 {percent(data.payment_success(*before, platform='android'))}"),
        (report, f"四天平均 {percent(data.payment_success(*incident, platform='android'))}"),
        (report, f"苹果端同期 {percent(data.payment_success(*incident, platform='ios'))}"),
        (report, f"发起支付 {data.count('payment_attempt', *incident, platform='android')} 次"),
        (report, f"成功 {data.count('payment_success', *incident, platform='android')} 次"),
        (report, f"下单 {placed} 笔,其中 {unpaid} 笔最终没有支付,占 {percent(unpaid / placed)}"),
        (report, f"是 {percent(usual[1] / usual[0])}。未支付订单金额 {amount:,.0f} 元,涉及 {len(people)} 人"),
        (report, f"在 {percent(min(daily))} 到 {percent(max(daily))} 之间"),
        (report, f"其中 {len(again)} 人在 8 月 15 日"),
    ]


def promotion_figures(data: LanternFigures) -> list[tuple[str, str]]:
    report = "promotion-618-review"
    story, before, usual = (
        ("2026-06-16", "2026-06-18"),
        ("2026-06-09", "2026-06-11"),
        ("2026-06-01", "2026-06-14"),
    )
    new, stayed = data.users("signup", *story), data.retention(7, *story)
    kept = round(new * stayed)
    usual_cost = data.spent(*usual) / data.users("signup", *usual)
    same_days, sign_up_days = "6 月 9 日至 11 日", "6 月 1 日至 14 日注册"

    def counted(name: str, event: str) -> tuple[str, str]:
        return report, row(
            name, *(f"{data.count(event, *period):,}" for period in (story, before)), same_days
        )

    return [
        counted("新增用户", "signup"),
        counted("支付订单", "payment_success"),
        (report, row("成交额(元)", *(f"{data.gmv(*p):,.0f}" for p in (story, before)), same_days)),
        (report, row("渠道花费(元)", *(f"{data.spent(*p):,.0f}" for p in (story, before)), same_days)),
        *(
            (report, row(name, *(percent(data.retention(k, *p)) for p in (story, usual)), sign_up_days))
            for name, k in (("次日留存", 1), ("7 日留存", 7), ("30 日留存", 30))
        ),
        (
            report,
            row("新客 7 日首单率", *(percent(data.first_purchase(*p)) for p in (story, usual)), sign_up_days),
        ),
        (report, f"第 7 天还来的只有 {kept} 人"),
        (report, f"每人约 {data.spent(*story) / kept:.0f} 元"),
        (report, f"每个新增约 {usual_cost:.1f} 元"),
        (report, f"仍在的新客约 {usual_cost / data.retention(7, *usual):.0f} 元"),
        (report, f"的 {new / data.users('signup', *before):.1f} 倍"),
    ]


def referral_figures(data: LanternFigures) -> list[tuple[str, str]]:
    report = "referral-campaign-review"
    campaign = ("2026-07-06", "2026-07-26")
    periods = (("2026-06-15", "2026-07-05"), campaign, ("2026-07-27", "2026-08-16"))
    joined = [data.users("invite_accepted", *p) for p in periods]
    sent = [data.count("invite_sent", *p) for p in periods]

    def spaced(value: float) -> str:
        return percent(value).replace("%", " %")

    people = between(data.signups, *campaign)
    others = people[people["channel"] != "referral"]
    return [
        (report, row("Invites sent", *(f"{n:,}" for n in sent))),
        (report, row("People who invited", *(f"{data.users('invite_sent', *p):,}" for p in periods))),
        (report, row("Sign-ups by invite", *joined)),
        (
            report,
            row(
                "Share of all sign-ups",
                *(spaced(n / data.users("signup", *p)) for n, p in zip(joined, periods, strict=True)),
            ),
        ),
        (
            report,
            row("Invite acceptance", *(spaced(n / m) for n, m in zip(joined, sent, strict=True))),
        ),
        (
            report,
            row(
                f"By invite ({joined[1]})",
                *(spaced(data.retention(k, *campaign, channel="referral")) for k in (1, 7, 30)),
                spaced(data.first_purchase(*campaign, channel="referral")),
            ),
        ),
        (
            report,
            row(
                f"All other channels ({len(others):,})",
                *(spaced(data.returned(others, k).mean()) for k in (1, 7, 30)),
                spaced(data.first_purchase_of(others)),
            ),
        ),
        (report, f"{data.spent(*campaign, channel='referral'):,.0f} yuan"),
        (report, f"{data.cost_per_signup(*campaign, 'referral'):.1f} yuan per referred"),
        (report, f"{data.cost_per_signup(*campaign, 'douyin'):.1f} yuan on Douyin"),
    ]


def win_back_figures(data: LanternFigures) -> list[tuple[str, str]]:
    report = "win-back-test"
    arms = {"Control": "control", "Content": "content_push", "Coupon": "coupon"}
    lines = []
    for name, arm in arms.items():
        size, woken = len(data.variant("win_back", arm)), data.woken(arm)
        later = data.woken(arm, "2026-08-24", "2026-09-15")
        returned = f"{woken} ({100 * woken / size:.1f} %)"
        stayed = f"{later} ({100 * later / size:.1f} %)"
        lines.append((report, row(name, f"{size:,}", returned, data.buyers(arm), stayed)))
    return [*lines, (report, f"{data.dormant('2026-08-17')[0]:,} users who had been active")]


def channel_figures(data: LanternFigures) -> list[tuple[str, str]]:
    case, budget = "koc-programme", "budget-and-contracts-2026h2"
    spans = {
        "计划前(4 月 2 日至 5 月 17 日)": ("2026-04-02", "2026-05-17"),
        "计划中(5 月 18 日至 7 月 12 日)": ("2026-05-18", "2026-07-12"),
        "计划后(7 月 13 日至 8 月 16 日)": ("2026-07-13", "2026-08-16"),
    }
    lines = []
    for name, span in spans.items():
        mine, everyone = data.users("signup", *span, channel="xiaohongshu"), data.users("signup", *span)
        cost = f"{data.cost_per_signup(*span, 'xiaohongshu'):.1f} 元"
        lines.append((case, row(name, f"{mine:,}", f"{everyone:,}", percent(mine / everyone), cost)))
    july, august = ("2026-07-01", "2026-07-31"), ("2026-08-01", "2026-08-31")
    return [
        *lines,
        (budget, f"7 月实际花费 {data.spent(*july):,.0f} 元,8 月 {data.spent(*august):,.0f} 元"),
        (
            budget,
            f"8 月抖音花费 {data.spent(*august, channel='douyin'):,.0f} 元,"
            f"对应新增 {data.users('signup', *august, channel='douyin'):,} 人,"
            f"单个新增成本 {data.cost_per_signup(*august, 'douyin'):.1f} 元",
        ),
    ]


def weekly_figures(data: LanternFigures) -> list[tuple[str, str]]:
    report = "weekly-2026-08-17"
    this, before = ("2026-08-10", "2026-08-16"), ("2026-08-03", "2026-08-09")

    def paid(name: str, **equal: str) -> tuple[str, str]:
        rates = (f"{100 * data.payment_success(*p, **equal):.1f} %" for p in (this, before))
        return report, row(name, *rates)

    mature = data.retention(1, "2026-08-10", "2026-08-15"), data.retention(1, *before)
    return [
        (report, row("New users", *(data.users("signup", *p) for p in (this, before)))),
        (report, row("Average daily active users", *(f"{data.dau(*p):,.0f}" for p in (this, before)))),
        (report, row("Day-1 retention (mature)", *(f"{100 * value:.1f} %" for value in mature))),
        paid("Payment success rate"),
        paid("of which Android", platform="android"),
        paid("of which iOS", platform="ios"),
        (report, row("GMV (yuan)", *(f"{data.gmv(*p):,.0f}" for p in (this, before)))),
    ]
