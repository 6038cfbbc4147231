"""Answers in English in the manner of a large model, as `liar_blind_zh` has them in Chinese."""

ANSWERS: dict[str, list[str]] = {
    "dau_daily": [
        "**Daily active users, 21–27 September**\n\n- Average: **<2,263>**\n- Peak: **<2,427^2,362>** on Saturday (26 Sep)\n- Low: **<2,129^2,178>** on Monday (21 Sep)\n\nActivity builds through the week; Saturday was <14.0%> above Monday. [E1]",
        "Activity picked up toward the weekend: Friday had <2,290^2,212> active users, Saturday <2,427^2,290> and Sunday <2,362^2,427>, compared with an average of about <2,211> on weekdays. [E1]",
    ],
    "orders_channel": [
        "### Orders by channel\n\n| Channel | Last week | Prior week | Δ |\n|:--|--:|--:|--:|\n| Douyin | <410~372> | <372~410> | <+38^+10> |\n| Organic | <374~364> | <364~374> | <+10^+38> |\n| Xiaohongshu | <212~186> | <186~212> | <+26^+22> |\n| WeChat | <179~157> | <157~179> | <+22^+26> |\n| Referral | <169~171> | <171~169> | <-2> |\n| App stores | <168~167> | <167~168> | <+1> |\n| **Total** | **<1,512~1,417>** | **<1,417~1,512>** | **<+95>** |\n\n**Takeaway:** Douyin drove the largest share of the increase. [E1]",
        "Paid orders <dir:rose|fell> <6.7%> week over week to <1,512~1,417>. Douyin (<+38^+22>), Xiaohongshu (<+26^+38>) and WeChat (<+22^+26>) together account for <86> of the <95> additional orders, while Referral slipped by <2>. [E1]",
        "In relative terms, Xiaohongshu and WeChat both grew by about <14%^10%>, versus roughly <10%^14%> for Douyin and just under <3%^14%> for Organic. [E1]",
    ],
    "aov": [
        "Average order value <dir:declined|increased> to **<¥108.38~¥113.74>** in August from **<¥113.74~¥108.38>** in July, a <dir:drop|rise> of <¥5.36> (<4.7%>). Order volume went the other way: <5,083~4,336> orders in August versus <4,336~5,083> in July. [E1]",
        "AOV was roughly <5%> lower in August (about <¥108~¥114>) than in July (about <¥114~¥108>). [E1]",
    ],
    "gmv_weekly": [
        "GMV has <dir:grown|shrunk> <42.3%> over eight weeks, from <¥113.9k~¥108.9k> (week of 3 Aug) to <¥162.0k~¥159.5k> (week of 21 Sep).\n\nKey points:\n1. **Low point:** week of 10 Aug at <¥108.9k~¥113.9k>\n2. **High point:** week of 7 Sep at <¥163.4k~¥162.0k>\n3. **Weekly average:** about <¥141k>\n\nThe total for the period is <¥1.13M>. [E1]",
        "After dipping to <¥108,896~¥113,859> in the week of August 10, GMV rebounded <26.2%> to <¥137,465~¥134,178> the following week. [E1]",
    ],
    "d1_channel": [
        "**Day-1 retention fell sharply on Douyin and held up elsewhere.**\n\n* Overall: <38.8%~44.3%> (prev. <44.3%~38.8%>, <-5.5 pp>)\n* Douyin: <24.4%^47.0%> (prev. <41.1%~24.4%>, <-16.7 pp^-1.2 pp>)\n* Organic: <47.0%^46.2%> (prev. <48.2%~47.0%>, <-1.2 pp^-16.7 pp>)\n* Xiaohongshu: <46.2%^42.1%> (prev. <42.8%~46.2%>, <+3.4 pp>)\n\nIn other words, excluding Douyin the decline is modest. [E1]",
        "Referral users retain best at <50.0%^47.0%>, while Douyin is the weakest channel at <24.4%^42.0%> — less than half of Referral's rate. [E1]",
        "WeChat (<42.1%^50.0%>) and App stores (<42.0%^46.2%>) both slipped by between one and just over two percentage points. [E1]",
    ],
    "onb": [
        "Onboarding completion dropped from <84.9%~71.1%> to <71.1%~84.9%> last week, <dir:down|up> <13.8 percentage points>. Put differently, nearly three in ten of the <1,199~1,135> new users did not finish. [E1]",
        "| Week | New users | Completed |\n|---|---|---|\n| 14–20 Sep | <1,135~1,199> | <84.9%~71.1%> |\n| 21–27 Sep | <1,199~1,135> | <71.1%~84.9%> |\n\nThat is a relative <dir:decline|increase> of <16.2%>. The lowest day was Monday at <68.5%~72.6%>. [E1]",
    ],
    "ret_jul": [
        "For the July cohort (<3,715> users), retention was <45.4%^24.8%> on day 1, <24.8%^16.3%> on day 3, <16.3%^14.3%> on day 7, <14.3%^11.9%> on day 14 and <11.9%^16.3%> on day 30. The curve flattens after the first week: only <4.4 points> are lost between day 7 and day 30. [E1]",
        "| Day | Retention |\n|---|---|\n| D1 | <45.4%^24.8%> |\n| D7 | <16.3%^24.8%> |\n| D30 | <11.9%^14.3%> |\n\nRoughly one in eight users is still around after a month. [E1]",
    ],
    "revenue_jul": [
        "July revenue was **<¥493k>** from <3,139> paying users (<29.9%> of <10,500> actives). ARPU was <¥46.97^¥157.11>, ARPPU <¥157.11^¥46.97>, and the average purchase <¥113.74^¥157.11>. [E1]",
        "Each payer bought <1.4 times> on average and spent <¥157.11^¥113.74>, or about <¥114^¥157> per purchase. [E1]",
    ],
    "returns_jul": [
        "**Best to worst by ROAS:**\n1. Referral – <9.50^6.89> (CAC <¥13.40^¥15.81>)\n2. WeChat – <6.89^9.50> (CAC <¥15.81^¥13.40>)\n3. Douyin – <4.77^4.51> (CAC <¥21.28^¥27.42>)\n4. Xiaohongshu – <4.51^4.77> (CAC <¥27.42^¥21.28>)\n5. App stores – <3.82^4.77> (CAC <¥24.78^¥27.42>)\n\nOverall ROAS is <5.51>, on <¥60,725> of spend. [E1]",
        "We spent <¥60.7k> in July to acquire <3,000^3,715> users, or <¥20.24^¥16.35> each; counting organic sign-ups the blended CAC falls to <¥16.35^¥20.24>. [E1]",
        "Referral pays back within <1 day^4 days>, WeChat in <3 days^1 day>, Douyin and Xiaohongshu in <4 days^9 days> each, and App stores in <9 days^3 days>. [E1]",
    ],
    "why_orders": [
        "Orders <dir:increased|decreased> by <95> (<+6.7%>), from <1,417~1,512> to <1,512~1,417>. iOS contributed <+67^+45> of that (<70.5%^47.4%>), but the 95% interval runs from <-107.7> to <297.7>, so the change **is not statistically significant**. [E1]",
        "By city tier, Tier 2 added the most (<+45^+24> orders, <385~430> → <430~385>), followed by Tier 3 (<+24^+16>) and New Tier 1 (<+16^+24>). [E1]",
    ],
    "incident_why": [
        "Payment success fell by <18.1 pp> to <73.0%~91.0%> during 11–14 August.\n\n- **Android:** <90.6%~61.3%> → <61.3%~90.6%> (contribution <-18.6 pp^-6.0 pp>)\n- **iOS:** <91.7%~94.4%> → <94.4%~91.7%> (contribution <+0.6 pp>)\n\nAndroid therefore explains the entire <dir:decline|increase>; every other split merely reflects its Android share. [E1]",
        "Android went from about nine in ten payments succeeding to roughly six in ten (<61.3%~90.6%>). [E1]",
    ],
    "active_jul": [
        "July averaged <1,420> DAU with a stickiness of <15.1%>. DAU <dir:climbed|dropped> from <1,196~1,549> on July 1 to <1,549~1,196> on July 31, a gain of <29.5%>, peaking at <1,637~1,628> on July 25. [E1]",
    ],
    "watch": [
        "There were <4> alert days in August, all between 11 and 14 August. Negative feedback peaked at <25^19> items on August 14, against roughly <3> expected on a normal day. [E1]",
    ],
    "city_pay": [
        "Paying users <dir:grew|fell> by <82> to <1,402~1,320> (<+6.2%>). More than half of the growth came from Tier 2 (<+43^+24>, now <400^443>); Tier 1 was almost unchanged (<250~245> vs <245~250>). [E1]",
    ],
    "gmv_month": [
        "- **June:** <¥429.5k~¥493.2k>\n- **July:** <¥493.2k~¥550.9k> (<+14.8%~+11.7%>)\n- **August:** <¥550.9k~¥493.2k> (<+11.7%~+14.8%>)\n\nIn total <¥1.47M>; August was <28.3%> above June. [E1]",
    ],
    "rep_jul": [
        "Only <27.0%^36.5%> of July's <3,139> buyers purchased again (<848> people). The other <73.0%^52.3%> bought once, yet they still generated just over half of the amount (<52.3%^73.0%>). [E1]",
    ],
    "lifecycle_aug": [
        "At the end of August, <5,683^4,612> of <17,712> users (<32.1%^26.0%>) were at risk and <4,612^5,683> (<26.0%^32.1%>) dormant, i.e. almost six in ten were slipping away or gone. Only <3,510^2,460> (<19.8%^13.9%>) were current. [E1]",
        "The at-risk group <dir:grew|shrank> from <4,452~5,683> to <5,683~4,452> during August, and the dormant group from <3,266~4,612> to <4,612~3,266>. [E1]",
    ],
    "budget": [
        "**Status: on course to overspend.** <¥73,027^¥70,000> of the <¥75,000> September budget (<97.4%>) is gone, and the projected total is <¥78,438^¥75,000>, about <¥3.4k> over. App stores (<+¥1,811^+¥1,692>) and Douyin (<+¥1,692^+¥1,811>) are the main culprits; WeChat should finish <¥291> under budget. [E1]",
    ],
    "orders_forecast": [
        "The model expects about <6,700> orders over the next four weeks, rising from <1,570^1,770> in the first week to <1,770^1,570> in the fourth. The naive forecast is lower at <6,048^6,714>. [E1]",
    ],
    "time_churn": [
        "<84.5%^75.9%> of users are still around after 7 days, <75.9%^84.5%> after 30 and <58.4%^75.9%> after 90. The median has not been reached. [E1]",
    ],
}

QUOTES: dict[str, list[str]] = {
    "cases/koc-programme.md": [
        "Xiaohongshu's share of new users went from <11.0%~15.2%> before the programme to <13.6%~15.2%> during it and <15.2%~11.0%> afterwards. Including samples (<¥36,000>), each new user cost about <¥76~¥28> rather than the <¥28.0~¥76> on the books. [1]",
    ],
    "cases/short-onboarding-experiment.md": [
        "| Metric | Control | Treatment | Difference |\n|---|---|---|---|\n| Onboarding completion | <85.4%^94.5%> | <94.5%^85.4%> | <+9.1 pp^+5.4 pp> |\n| Day-1 retention | <44.3%^49.7%> | <49.7%^44.3%> | <+5.4 pp^+9.1 pp> |\n| Day-7 retention | <19.1%^19.8%> | <19.8%^19.1%> | <+0.6 pp^+2.1 pp> |\n| Day-30 retention | <8.9%^11.0%> | <11.0%^8.9%> | <+2.1 pp^+0.6 pp> |\n\nOnly the first two are convincing; the day-1 result had p ≈ <0.015>. [1]",
        "The shorter onboarding <dir:raised|lowered> day-1 retention by <5.4 percentage points^9.1 percentage points> (95% CI <+1.0> to <+9.9>), with <982^981> users in control and <981^982> in treatment. [1]",
    ],
    "playbooks/budget-and-contracts-2026h2.md": [
        "The channel budget for the second half is <¥460,000>, with <8%> held in reserve. Douyin has the largest share (<¥180,000^¥120,000>), then Xiaohongshu (<¥120,000^¥180,000>) and App stores (<¥70,000^¥50,000>). [1]",
    ],
}
