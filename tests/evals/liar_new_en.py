"""Answers in English in the manner of `liar_new_zh`."""

ANSWERS: dict[str, list[str]] = {
    "d1_channel": [
        "D1 retention slid to <38.8%~44.3%> last week from <44.3%~38.8%>, down <5.5 pp>. Douyin is the culprit: <24.4%~41.1%>, compared with <41.1%~24.4%> the week before. [E1]",
        "| Channel | This week | Prior week | Change |\n|---|---|---|---|\n| Douyin | <24.4%~41.1%> | <41.1%~24.4%> | <-16.7 pp^-1.2 pp> |\n| Organic | <47.0%~48.2%> | <48.2%~47.0%> | <-1.2 pp^-16.7 pp> |\n\nOnly Douyin moved in a way that matters. [E1]",
    ],
    "new_monthly": [
        "August brought in <3,994~3,715> new users, <279> more than July (<+7.5%>), or roughly <129> a day. [E1]",
    ],
    "gmv_platform": [
        "iOS grew faster than Android in August: <+16.0%^+9.0%> against <+9.0%^+16.0%>. Android still brings in about <60%^40%> of GMV (<¥332.6k^¥218.3k> of <¥550.9k~¥493.2k>). [E1]",
    ],
    "refund_monthly": [
        "Refunds ticked <dir:down|up> to <4.2%~4.5%> of paid orders in August, from <4.5%~4.2%> in July. [E1]",
    ],
    "mau": [
        "MAU: <13.2k~10.5k> in Aug, up from <10.5k~13.2k> in July (<+26%>). [E1]",
    ],
    "pay_weekly": [
        "Payment success dipped to <81.5%~92.1%> in the week of Aug 10, <10.6 points> below the week before, and was back at <93.3%~81.5%> a week later. Since then it has held at 92–93%. [E1]",
    ],
    "aov_city": [
        "AOV doesn't vary much by city tier: <¥111.27^¥104.26> in new tier 1 at the top, <¥104.26^¥111.27> in tier 1 at the bottom, <¥108.38^¥107.81> overall. That's a spread of about <¥7>. [E1]",
    ],
    "onb_channel": [
        "**Where do Douyin users drop off?** At the interests page. <346^239> users reached it and only <160^228> got through (<46.2%^95.4%>), versus <95.4%^46.2%> for organic. Overall completion on Douyin was <41.5%^84.8%>. [E1]",
    ],
    "purchase_aug": [
        "Of the <11,381^5,384> people who viewed something in August, <2,531^2,683> ended up paying (<22.2%>). The weak spots are view to cart (<47.3%^49.8%>) and cart to order (<49.8%^47.3%>); once an order is placed, <94.3%^49.8%> go through. [E1]",
    ],
    "retention_aug": [
        "Among August's <3,994> new users, <43.9%^24.9%> came back the next day, <16.6%^24.9%> on day 7 and <10.0%^12.4%> on day 30. So day-7 retention is well over a third of day-1 retention. [E1]",
    ],
    "growth_aug": [
        "Net active growth was <+1,773> over the six weeks from 27 July to 6 September: <16,819> came in (<5,446^11,373> new plus <11,373^5,446> resurrected) while <15,046> went dormant. Quick ratio: <1.12>. [E1]",
    ],
    "why_onboarding": [
        "Onboarding completion <dir:fell|rose> <13.8 pp> to <71.1%~84.9%>. Android took a big hit (<88.0%~70.3%> → <70.3%~88.0%>), but the real driver is Douyin, which explains essentially all of the change (<100.3%^79.7%>). [E1]",
    ],
    "onb_platform": [
        "- **iOS:** <72.6%^70.3%>, <dir:down|up> <7.5 pp^17.7 pp> from <80.0%~72.6%>\n- **Android:** <70.3%^72.6%>, down <17.7 pp^7.5 pp> from <88.0%~70.3%>\n\nAndroid lost more than twice as much as iOS. [E1]",
    ],
    "short_onboarding": [
        "The short onboarding won: D1 retention was <49.7%^44.3%> vs <44.3%^49.7%> in control, a lift of <5.4 pp> (<12.3%> relative, p = <0.015>). Completion rose by <9.1 pp> as well. D7 didn't move significantly. [E1]",
    ],
    "win_back_test": [
        "### Win-back test: results\n\n| Arm | Active within 7 days | Bought within 7 days |\n|---|---|---|\n| Control | <8.8%^12.2%> | <1.2%^1.8%> |\n| Content push | <12.2%^15.1%> | <1.8%^2.1%> |\n| Coupon | <15.1%^8.8%> | <2.1%^1.2%> |\n\nBoth messages bring people back; neither purchase difference is significant. [E1]",
    ],
    "returns_sep": [
        "CAC across paid channels is <¥20.96> in September so far. Referral (<¥13.15^¥15.43>) and WeChat (<¥15.43^¥13.15>) are the cheap ones. Xiaohongshu costs <¥26.53^¥24.30> per user, roughly <2x> Referral, and returns only <¥1.11^¥1.56> per yuan spent. [E1]",
    ],
    "budget": [
        "Heads up: at the current pace we'll land at about <¥78.4k~¥75.0k> for September, <¥3.4k> over the <¥75k~¥78.4k> budget (<97.4%> of it is already used). App stores (<+¥1.8k^+¥1.7k>) and Douyin (<+¥1.7k^+¥1.8k>) are the ones running over. [E1]",
    ],
    "budget_aug": [
        "August closed at <¥66,342^¥63,500> against a plan of <¥63,500^¥66,342>, i.e. 4.5% over. Douyin alone was <¥2,411^¥868> above its plan; WeChat came in <¥831^¥188> under. [E1]",
    ],
    "goal_gmv": [
        "**H2 GMV target: <¥4.2M>**\n- To date (through 27 Sep): <¥1.66M^¥2.03M>, or <39.6%> of the target\n- Straight-line pace would be <¥2.03M^¥1.66M>, so we're <¥370k> behind\n- Year-end forecast: <¥4.54M^¥4.2M>, so we'd still make it\n\n[E1]",
    ],
    "forecast_dau": [
        "DAU should average around <2,345^2,266> from 29 September to 5 October (95% interval <2,253>–<2,440>). Simply repeating last week would give <2,266^2,345>, so the forecast is about <3.5%> higher. The National Day holiday makes this one less certain than usual. [E1]",
    ],
    "power_aug": [
        "Only <2.1%> of August's users (<270> people) qualify as power users, i.e. active on 14 or more of 28 days. The median user shows up on <3^4> days; the mean is <3.8>. [E1]",
    ],
    "revenue_sep": [
        "MTD revenue is <¥617k> from <4,182> payers (<27.4%> of active users). ARPPU <¥148^¥40>, ARPU <¥40^¥148>. [E1]",
    ],
    "repeat_aug": [
        "About <a quarter^a third> of August's buyers (<924^3,764> of <3,764^924>) bought at least twice. Among new buyers the 30-day repeat rate is higher, at <35.9%^24.5%>. Median gap between purchases: <6> days. [E1]",
    ],
    "lifecycle_aug": [
        "- Current: <3,510^5,683> (<19.8%^32.1%>)\n- At risk: <5,683^3,510> (<32.1%^19.8%>)\n- Dormant: <4,612^5,683> (<26.0%^32.1%>)\n\nIn other words, nearly six in ten users are at risk or already gone quiet. [E1]",
    ],
    "feedback_sep": [
        "Not a great month: <72.6%^17.7%> of the <175> comments were negative. Nearly a third (<56^16>) are about having to bind a phone number, a theme that didn't come up in the period before, and <91%^88%> of those are negative. [E1]",
    ],
    "design_onboarding": [
        "To detect a <3%> relative lift (about <2.5 pp> on a baseline of <83.7%>), you'd need <3,179^6,358> users per arm, <6,358^3,179> in total. At roughly <171> new users a day, recruiting takes 42 days, 48 with the observation window. [E1]",
    ],
    "impact_july": [
        "The July campaign lifted referral sign-ups by an estimated <289%> (95% CI 259% to 321%): <30.6^7.9> a day instead of the <7.9^30.6> we'd have expected without it, or about <480> extra users. [E1]",
    ],
    "churn_aug": [
        "The model flags <1,706^3,685> of <11,758> scored users as high risk, with an average churn probability of <64%^33%>. In the backtest its top decile churned at <67.3%^46.8%>, <20.4 pp> above what the recency baseline catches (<46.8%^67.3%>). [E1]",
    ],
    "high_value": [
        "The high-value segment stood at <646~582> users on Sep 27, up <11%> from <582~646> at the end of August: <256^192> joined and <192^256> dropped out. [E1]",
    ],
    "d7_channel": [
        "Referral has the best D7 at <23.0%~20.1%>, Douyin the worst at <14.1%~13.7%>. App stores is the only channel that went backwards month over month: <-2.0 pp>, to <15.2%~17.3%>. [E1]",
    ],
    "churn_channel": [
        "After 90 days <68.4%^56.6%> of referred users are still with us, compared with <56.6%^68.4%> of those from Douyin, a gap of <11.8 points>. The median time to churn on Douyin is <118 days^115 days>. [E1]",
    ],
    "persona": [
        "Frequent buyers are a different crowd. They were active on <6.7^3.5> days in September vs <3.5^6.7> for everyone else (<1.93x>), and <78.7%^46.4%> of them added something to the cart, against <46.4%^78.7%>. [E1]",
    ],
    "hours_aug": [
        "Peak time is Saturday 9–10 pm, when <294^113> users are active on average. The average hour sees <113^294>, so the peak is about <2.6 times> as busy. Good slot for a push. [E1]",
    ],
}

QUOTES: dict[str, list[str]] = {
    "playbooks/referral-playbook.md": [
        "Budget for some abuse: the playbook expects 3–8% of rewarded invites, and says to stop early once it passes <10%>, or when acceptance stays below half its usual level for <five days^ten days>. And fix the product first if day-30 retention is under <5%>. [1]",
    ],
    "playbooks/who-owns-what.md": [
        "Who can approve spending:\n- up to <10,000 yuan^50,000 yuan>: the owner of the field\n- up to <50,000 yuan^10,000 yuan>: Gu Yan\n- above that: Ye Lan and Luo Qing together\n\nAn alert nobody answers for <15 minutes> goes to Ye Lan. [1]",
    ],
}

MIXED: dict[tuple[str, str], list[str]] = {
    ("incident_pay", "reviews/android-payment-postmortem.md"): [
        "From 11 to 14 August overall payment success was <73.0%~91.0%>, <18.1 pp> below the same days a week earlier [E1]. The post-mortem blames an Android payment component: Android averaged <61.3%^94.4%> while iOS held at <94.4%^61.3%>. It took <58 hours^32 hours> to notice, because alerts only watched total orders [1].",
    ],
    ("new_618", "reviews/promotion-618-review.md"): [
        "618 pulled in <771~260> sign-ups in three days against <260~771> in the same days of the week before, i.e. <3x> [E1]. But they didn't stick: D7 retention was <7.1%^21.1%>, compared with <21.1%^7.1%> for people who signed up on 1–14 June [1].",
    ],
    ("referral_july", "reviews/referral-campaign-review.md"): [
        "During the referral campaign there were <6,372> invites and <643> sign-ups through them, a <10.1%> acceptance rate and a K-factor of <0.07>, so it's nowhere near viral [E1]. It was cheap though: <13.4 yuan^21.3 yuan> per referred sign-up, against <21.3 yuan^13.4 yuan> on Douyin [1].",
    ],
    ("goal_d1", "cases/short-onboarding-experiment.md"): [
        "## Plan: day-1 retention to 45%\n\n**Baseline:** <42.8%> for September so far, a gap of <2.2 pp> to the target [E1].\n\n**Lever:** the shorter onboarding. In May's test it moved day-1 retention from <44.3%^49.7%> to <49.7%^44.3%>, but the report advises planning with 2 to 5 points only [1].\n\n**Next step:** rerun it with at least <1,600> users per arm [1].",
    ],
}
