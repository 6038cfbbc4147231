"""Whole answers in English as a large model would write them, in the manner of `liar_written_zh`."""

ANSWERS: dict[str, list[str]] = {
    "wau": [
        "Weekly active users came to <8,917~8,540> last week, <dir:up|down> <4.4%> from <8,540~8,917> the week before (<+377> users). [E1]",
        "**WAU is <dir:growing|shrinking> modestly.** Last week: <8,917~8,540>. Previous week: <8,540~8,917>. That is roughly <380> more people, or a gain of just over <4%>. [E1]",
        "Just under <9,000> people were active last week, compared with about <8,500> the week before. [E1]",
        "WAU <dir:rose|fell> by <377> (<4.4 percent>) week over week, from <8.5k~8.9k> to <8.9k~8.5k>. [E1]",
    ],
    "refund": [
        "The refund rate was essentially flat at <4.1%~4.0%>, versus <4.0%~4.1%> a week earlier – a <dir:rise|drop> of only <0.1 percentage points>, which is well within normal noise. [E1]",
        "About <4 in 100> of the <1,512> paid orders were refunded last week (<4.1%~4.0%>). [E1]",
        "Refunds ticked <dir:up|down> slightly, from <3.95%~4.10%> to <4.10%~3.95%>. [E1]",
    ],
    "gmv": [
        "GMV was <¥162,026~¥159,472> last week, <dir:up|down> <1.6%> on the previous week's <¥159,472~¥162,026>. [E1]",
        "GMV <dir:edged up|edged down> by about <¥2.6k> to roughly <¥162k~¥159k>. The best day was Saturday, 26 September (<¥26,591~¥20,363>); the weakest was Monday, 21 September (<¥20,363~¥26,591>). [E1]",
        "- Last week: <162,025.96 yuan~159,471.51 yuan>\n- Week before: <159,471.51 yuan~162,025.96 yuan>\n- Difference: <+2,554.45 yuan> (<+1.6%>)\n[E1]",
        "On average we made around <¥23,100> a day last week, <¥162,026~¥159,472> in total. [E1]",
    ],
    "new_channel": [
        "We gained <1,199~1,135> new users last week, <64> more than the week before (<+5.6%>). Douyin led with <381^264>, followed by Organic (<264^381>) and Xiaohongshu (<197^138>). [E1]",
        "| Channel | Last week | Week before | Change |\n|---|---|---|---|\n| Douyin | <381~360> | <360~381> | <+21> |\n| Organic | <264~251> | <251~264> | <+13> |\n| Xiaohongshu | <197~187> | <187~197> | <+10> |\n[E1]",
        "Every channel <dir:grew|shrank>: Douyin from <360~381> to <381~360>, Organic from <251~264> to <264~251>, and Referral from <83~86> to <86~83>. [E1]",
        "Douyin accounts for nearly a third of sign-ups (<31.8%^22.0%>), while Referral contributes only <7.2%^31.8%>. [E1]",
        "App stores (<138^133>) and WeChat (<133^138>) were close to each other, and Referral was smallest at <86^133>. [E1]",
        "Together, Douyin and Organic brought in <645> of the <1,199~1,135> new users, which is more than half. [E1]",
    ],
    "pay_platform": [
        "Payment success was <93.9%~92.6%> overall, <dir:up|down> <1.4 pp> from <92.6%~93.9%>. iOS (<94.9%^93.3%>) is still ahead of Android (<93.3%^94.9%>). [E1]",
        "Android <dir:improved|worsened> to <93.3%~92.1%> from <92.1%~93.3%>, and iOS went from <93.3%~94.9%> to <94.9%~93.3%>. [E1]",
        "Of <1,610~1,531> payment attempts last week, <93.9%~92.6%> succeeded – a relative <dir:increase|decrease> of <1.5%>. [E1]",
        "The gap between iOS and Android is about <1.6 percentage points> (<94.9%^93.3%> vs <93.3%^94.9%>). [E1]",
    ],
    "orders_daily": [
        "There were <1,512> paid orders last week, an average of <216> per day. Wednesday was the peak with <233~189>, Monday the low with <189~233>. [E1]",
        "Daily orders ranged from <189~211> (21 September) to <233~217> (23 September). [E1]",
        "| Day | Orders |\n|---|---|\n| Sep 21 | <189~211> |\n| Sep 22 | <211~189> |\n| Sep 23 | <233~217> |\n| Sep 24 | <217~233> |\n[E1]",
        "The weekend (26–27 September) accounted for <442> orders: <230~212> on Saturday and <212~230> on Sunday. [E1]",
    ],
    "incident": [
        "Between 11 and 14 August payment success <dir:fell|rose> to <73.0%~91.0%> from <91.0%~73.0%> in the four days a week earlier, a drop of <18.1 percentage points>. Android was hit (<61.3%^94.4%>); iOS held at <94.4%^61.3%>. [E1]",
        "Android collapsed from <90.6%~61.3%> to <61.3%~90.6%>, while iOS actually <dir:rose|fell> from <91.7%~94.4%> to <94.4%~91.7%>. [E1]",
        "Roughly four in ten Android payments failed (<38.7%>), against fewer than 6% on iOS. [E1]",
    ],
    "active": [
        "In August we averaged <1,745> daily active users, and <1,873> were active on the last day of the month. Stickiness (DAU/MAU) was <14.9%>. [E1]",
        "DAU averaged about <1.7k> in August; it started the month at <1,682~1,873> and ended at <1,873~1,682>, an <dir:increase|decrease> of <11.4%>. [E1]",
        "On a typical day, around <15%> of monthly users showed up (stickiness <14.9%>). [E1]",
    ],
    "adoption": [
        "Sharing is the most adopted of the three features (<18.8%^17.5%>), ahead of invites (<17.5%^13.7%>) and posting (<13.7%^18.8%>). [E1]",
        "- Share: <2,921 users^2,714 users>, <18.8%^13.7%> adoption, <1.5^1.2> uses each\n- Invite: <2,714 users^2,125 users>, <17.5%^18.8%> adoption, <1.2^1.4> uses each\n- Post: <2,125 users^2,921 users>, <13.7%^17.5%> adoption, <1.4^1.5> uses each\n[E1]",
        "Out of <15,529> active users, <2,125^2,921> posted at least once (<13.7%^18.8%>); <1,172^1,417> of them for the first time. [E1]",
    ],
    "growth": [
        "Across the four weeks we added <4,490^9,250> new and <9,250^4,490> resurrected users and lost <12,214^9,250> to dormancy, for a net gain of <1,526>. The quick ratio is <1.12>. [E1]",
        "Net growth was <+1,526> users: <4,490> new + <9,250> resurrected − <12,214> dormant. [E1]",
        "With a quick ratio of <1.12>, we gain about <1.12> users for each one lost. In the week of 21 September <1,204~1,141> were new and <3,290~3,084> went dormant. [E1]",
        "Active users climbed from <7,677~8,917> in the week of 31 August to <8,917~7,677> in the week of 21 September, <dir:up|down> <16.2%>. [E1]",
    ],
    "referral": [
        "July's K-factor was <0.07>: <7,153^4,360> invites were sent by <4,360^7,153> people and <720> were accepted (<10.1%>). [E1]",
        "Only about one invite in ten was accepted (<10.1%>, 95% CI <9.4%>–<10.8%>). [E1]",
        "The busiest week began on 20 July with <2,282~2,076> invites, although acceptance was then a little <dir:lower|higher> at <9.8%~10.3%>. [E1]",
        "Each active user sent <0.68^0.42> invites on average, and <0.42^0.68> of them per active user were inviters. [E1]",
    ],
    "purchase_funnel": [
        "Of <12,949^6,110> people who viewed something, <6,110^3,085> added to cart (<47.2%^50.5%>), <3,085^2,966> placed an order (<50.5%^47.2%>) and <2,966^3,085> paid (<96.1%^50.5%>). Overall conversion: <22.9%^47.2%>. [E1]",
        "The biggest leak is between viewing and adding to cart, where <6,839^3,025> people drop out, <52.8%> of all viewers. [E1]",
        "1. View → cart: <47.2%^50.5%>\n2. Cart → order: <50.5%^96.1%>\n3. Order → payment: <96.1%^47.2%>\n\nEnd to end that is <22.9%>, with a median of <0.3 hours>. [E1]",
        "Fewer than one in four viewers (<22.9%>) end up paying. [E1]",
    ],
    "why_d1": [
        "Day-1 retention <dir:fell|rose> from <44.3%~38.8%> to <38.8%~44.3%> (<-5.5 pp>). Douyin explains almost all of it: its retention dropped from <41.1%~24.4%> to <24.4%~41.1%>, contributing <-5.3 pp^-2.7 pp> (<95.9%^68.3%> of the change). [E1]",
        "| Segment | Before | After | Contribution |\n|---|---|---|---|\n| Douyin | <41.1%~24.4%> | <24.4%~41.1%> | <-5.3 pp^-3.8 pp> |\n| Android | <45.1%~39.0%> | <39.0%~45.1%> | <-3.8 pp^-5.3 pp> |\n| Tier 2 | <46.2%~35.6%> | <35.6%~46.2%> | <-2.7 pp^-3.8 pp> |\n[E1]",
        "The drop is concentrated in Douyin, where day-1 retention went from just over <41%~24%> to just over <24%~41%>. Xiaohongshu, by contrast, <dir:rose|fell> from <42.8%~46.2%> to <46.2%~42.8%>. [E1]",
        "It is down by <5.5 percentage points> – a relative <dir:decline|increase> of about <12.5%> – and the 95% interval (<-9.5> to <-1.5> points) excludes zero. [E1]",
        "Other channels barely moved: Organic <48.2%~47.0%> → <47.0%~48.2%>, App stores <44.2%~42.0%> → <42.0%~44.2%>, WeChat <43.2%~42.1%> → <42.1%~43.2%>. [E1]",
    ],
    "lifecycle": [
        "As of 28 September, <6,885^6,368> users (<31.0%^28.7%>) are at risk and <6,368^6,885> (<28.7%^31.0%>) are dormant; only <4,320^2,845> are current. [E1]",
        "Nearly a third of all <22,214> users are at risk (<31.0%^19.4%>), and more than a quarter are dormant (<28.7%^12.8%>). [E1]",
        "The dormant group grew from <4,612~6,368> to <6,368~4,612> over September; <2,120> of them were at risk before. [E1]",
    ],
    "experiment": [
        "The coupon arm brought back <15.1%^12.2%> of users versus <8.8%^12.2%> in control, a lift of <+6.3 pp^+3.3 pp> (95% CI <3.7> to <8.8>, p < 0.001). Content push reached <12.2%^15.1%>, <+3.3 pp^+6.3 pp> over control. [E1]",
        "| Arm | Users | Active within 7 days |\n|---|---|---|\n| Control | <1,200> | <8.8%^12.2%> |\n| Content push | <1,200> | <12.2%^15.1%> |\n| Coupon | <1,200> | <15.1%^8.8%> |\n[E1]",
        "Both arms beat control on weekly activity, but the payment differences (<+0.7 pp^+3.3 pp> for content, <+0.9 pp^+6.3 pp> for the coupon) are not significant: corrected p is <0.179^0.151> and <0.151^0.179>. [E1]",
        "Relative to control, the coupon <dir:increased|decreased> activity by <70.8%^37.7%> and the content push by <37.7%^70.8%>. [E1]",
    ],
    "anomalies": [
        "No anomalies were found in September; with 28 days checked, you would expect about <0.3> false alarms by chance. [E1]",
    ],
    "goal": [
        "The goal has been reached: GMV since 1 July is <¥1,684,573> against a target of <¥600,000>. [E1]",
        "GMV so far is <¥1.68M>, about <2.8 times> the target of <¥600k>; the forecast for 30 September is <¥1.73M>. [E1]",
    ],
    "ltv": [
        "A customer is worth <¥457.30> on average: <¥224.59^¥232.70> earned so far plus an expected <¥232.70^¥224.59> over the next 180 days. [E1]",
        "Customers are expected to buy <2.1^2.4> more times in the next 180 days; <46.0%^88.7%> have already bought on more than one day. [E1]",
        "Those with a single purchase day (<4,746^2,026> customers) are worth about <¥273^¥437>, compared with <¥2,722^¥1,511> for those with 11 or more. [E1]",
    ],
    "repeat": [
        "Of <8,162^3,530> buyers, <3,530^8,162> bought again (<43.2%^36.2%>), and the median gap between purchases was <12 days>. [E1]",
        "More than half of buyers (<56.8%^23.0%>) purchased only once, and they account for <30.6%^24.5%> of the amount. [E1]",
        "Slightly over a third of new buyers (<36.2%^43.2%>) come back within 30 days. [E1]",
    ],
    "returns": [
        "In August we spent <¥66,342> to acquire <3,115> users, a CAC of <¥21.30^¥16.61>, and earned <¥190,558> from them (ROAS <2.87>). [E1]",
        "- **Referral**: CAC <¥13.10^¥16.29>, ROAS <6.54^4.63>\n- **WeChat**: CAC <¥16.29^¥13.10>, ROAS <4.63^6.54>\n- **Douyin**: CAC <¥20.85^¥27.20>, ROAS <2.46^2.15>\n- **App stores**: CAC <¥24.09^¥20.85>, ROAS <2.15^2.44>\n[E1]",
        "Xiaohongshu is the most expensive channel at <¥27.20^¥24.09> per user, about <30%> more than Douyin's <¥20.85^¥16.29>. [E1]",
        "WeChat returns <¥4.63^¥2.46> for each yuan spent, nearly twice what Douyin does (<¥2.46^¥4.63>). [E1]",
        "Payback takes <8 days^9 days> on Douyin and <9 days^8 days> in app stores. [E1]",
    ],
    "churn": [
        "The model scored <15,430> users and expects about <3,437> of them (roughly <22%>) to churn in the next 28 days. [E1]",
        "In its top decile, <66.5%^50.7%> really churned, versus <50.7%^66.5%> for the simple baseline – a gain of <+15.8 pp>. AUC is <0.85^0.71>. [E1]",
    ],
}

QUOTES: dict[str, list[str]] = {
    "reviews/weekly-2026-08-17.md": [
        "According to the weekly, payment success <dir:dropped|rose> to <81.5 %~92.1 %> from <92.1 %~81.5 %>, with Android at <74.5 %~90.9 %> and iOS at <94.5 %~93.9 %>. [1]",
        "GMV slipped from <113,859 yuan~108,896 yuan> to <108,896 yuan~113,859 yuan> (about <-4%>) even though new users <dir:rose|fell> from <815~885> to <885~815>. [1]",
        "There were <61> complaints about failed payments, none of them public. [1]",
        "Average DAU was <1,697~1,630>, compared to <1,630~1,697> in the week before, and day-1 retention <43.7%~43.6%>. [1]",
    ],
    "cases/win-back-test.md": [
        "In the win-back test, <8.8%^12.2%> of control returned within 7 days, <12.2%^15.1%> with content and <15.1%^8.8%> with a coupon. [1]",
        "Content brought back <3.3 points^6.2 points> more than control and the coupon <6.2 points^3.3 points> more; by days 8 to 30 neither difference could be told from chance. [1]",
        "| Arm | Returned | Bought | Active on days 8–30 |\n|---|---|---|---|\n| Control | <106^146> | <14^22> | <22.5%^24.0%> |\n| Content | <146^181> | <22^25> | <24.0%^24.7%> |\n| Coupon | <181^106> | <25^14> | <24.7%^22.5%> |\n[1]",
        "The test cost little: <134 yuan> for messages and <375 yuan> for <25> redeemed coupons, a total of <509 yuan>. [1]",
        "Roughly one dormant user in eleven comes back within a week without any message. [1]",
    ],
    "reviews/referral-campaign-review.md": [
        "During the campaign (6–26 July) invites rose to <6,372~1,405> from <1,405~6,372>, and sign-ups by invite to <643~186> from <186~643>. [1]",
        "Invited users stayed better: day-1 retention of <52.3%^43.9%> vs <43.9%^52.3%>, day-7 <20.2%^15.9%> vs <15.9%^20.2%>. [1]",
        "Rewards cost <8,645 yuan>, or <13.4 yuan^21.3 yuan> per referred sign-up, compared with <21.3 yuan^13.4 yuan> on Douyin. [1]",
        "Acceptance <dir:fell|rose> from <13.2%~10.1%> before the campaign to <10.1%~13.2%> during it and <9.2%~13.2%> after it. [1]",
        "The cap goes <dir:down|up> from <20~8> friends to <8~20> per month; <41> reward claims (<6%>) were refused. [1]",
    ],
    "playbooks/referral-playbook.md": [
        "Expect between <3%> and <8%> of rewarded invites to be abuse, and stop early once abuse passes <10%>. [1]",
        "If day-30 retention is <dir:below|above> <5%>, fix the product before spending on rewards. [1]",
    ],
    "playbooks/experiment-guide.md": [
        "For a baseline of 0.44 and an effect of 0.05 you need about <1,580^9,860> users per group; for 0.02 it is about <9,860^1,580>. [1]",
        "The guide asks for <80%> power at a <5%> level, and at least two weeks of run time. [1]",
    ],
    "playbooks/win-back-playbook.md": [
        "Between <5> and <10%> of 30-day dormant users return on their own within a week, and app push reaches at best a quarter to a third of them. [1]",
    ],
}
