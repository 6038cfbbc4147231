"""Answers in another style than `liar_written_en`, in the manner of `liar_casual_zh`."""

ANSWERS: dict[str, list[str]] = {
    "wau": [
        "<8,917~8,540>, so <377> <dir:more|fewer> than the week before (<8,540~8,917>). [E1]",
        "WAU: <8,917~8,540> (prev. <8,540~8,917>, <+4.4%>) [E1]",
    ],
    "gmv": [
        "GMV last week: <¥162.0k~¥159.5k>, <dir:up|down> <1.6%>. [E1]",
        "Sales were basically flat: <¥162,026~¥159,472> against <¥159,472~¥162,026>. [E1]",
    ],
    "new_channel": [
        "Douyin <381^264>, Organic <264^381>, Xiaohongshu <197^138>, App stores <138^197>. [E1]",
        "Sign-ups: <1,199~1,135> (<+5.6%>), of which Douyin <381^264>. [E1]",
    ],
    "incident": ["Android: <61.3%^94.4%>. iOS: <94.4%^61.3%>. Overall: <73.0%~91.0%>. [E1]"],
    "adoption": ["Share <18.8%^17.5%>, invite <17.5%^13.7%>, post <13.7%^18.8%>. [E1]"],
    "growth": ["<4,490^9,250> new, <9,250^4,490> resurrected, <12,214^9,250> gone; net <+1,526>. [E1]"],
    "referral": ["K = <0.07>. <7,153^4,360> invites, <720> accepted (<10.1%>). [E1]"],
    "purchase_funnel": ["<22.9%^47.2%> of viewers buy; the worst step keeps only <47.2%^96.1%>. [E1]"],
    "why_d1": ["Blame Douyin: <41.1%~24.4%> to <24.4%~41.1%>, <-5.3 pp^-2.7 pp> of the <-5.5 pp>. [E1]"],
    "lifecycle": ["At risk: <6,885^6,368>. Dormant: <6,368^6,885>. Current: <4,320^2,845>. [E1]"],
    "experiment": ["Coupon <15.1%^12.2%>, content <12.2%^15.1%>, control <8.8%^12.2%>. [E1]"],
    "repeat": ["<43.2%^36.2%> of the <8,162> buyers bought twice or more. [E1]"],
    "returns": [
        "CAC by channel: Referral <¥13.10^¥16.29>, WeChat <¥16.29^¥13.10>, Xiaohongshu <¥27.20^¥24.09>. [E1]"
    ],
}

QUOTES: dict[str, list[str]] = {
    "reviews/weekly-2026-08-17.md": ["Payments: <81.5 %~92.1 %> (<92.1 %~81.5 %> the week before). [1]"],
    "cases/win-back-test.md": [
        "Coupon <15.1 %^12.2 %>, content <12.2 %^15.1 %>, control <8.8 %^12.2 %> came back within a week. [1]"
    ],
    "reviews/referral-campaign-review.md": [
        "Invites <1,405~6,372> → <6,372~1,405>; acceptance <13.2 %~10.1 %> → <10.1 %~13.2 %>. [1]"
    ],
}
