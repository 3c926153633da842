"""Pairs that differ in what is said, not in whom it names: attacks on groups, and the same groups praised, defended,
mentioned, or an attack quoted in order to reject it. Without them a classifier learns that the names are the insult.

All sentences are made here from the parts below; none is taken from a published test.
"""

from __future__ import annotations

import random
from math import nan

from moderation.training.examples import Example

_GROUPS = (
    "women woman|men man|gay people gay person|gays gay man|lesbians lesbian|trans people trans person|bisexuals bisexual|"
    "queer people queer person|muslims muslim|jews jew|jewish people jewish person|christians christian|catholics catholic|"
    "hindus hindu|buddhists buddhist|sikhs sikh|atheists atheist|black people black person|black women black woman|"
    "black men black man|white people white person|asians asian|asian people asian person|chinese people chinese person|"
    "indians indian|pakistanis pakistani|arabs arab|mexicans mexican|latinos latino|africans african|immigrants immigrant|"
    "refugees refugee|foreigners foreigner|disabled people disabled person|deaf people deaf person|blind people blind person|"
    "autistic people autistic person|old people old person|young people young person|romanians romanian|poles pole|"
    "russians russian|ukrainians ukrainian|turks turk|irish people irish person|roma people roma person"
)
_BAD = (
    "disgusting|vile|stupid|subhuman|worthless|filthy|criminals|parasites|animals|vermin|a disease|a plague|scum|trash|evil|"
    "inferior|liars|thieves|rapists|terrorists|mentally ill|cockroaches|rats|monkeys|pigs|lazy|dirty|a burden|retarded|garbage"
)
_GOOD = (
    "wonderful|brave|kind|welcome here|amazing|part of this country|my friends|beautiful|strong|equal to everyone|clever|"
    "my neighbours|human beings like you and me|great|just people|hard-working|funny|inspiring"
)
_HARM = "shot|killed|hanged|gassed|burned|beaten|wiped out|exterminated|deported|locked up|sterilised|stoned|drowned"
_ATTACKS = (
    "i hate {P}|i fucking hate {P}|{P} are {bad}|all {P} are {bad}|{P} are {bad} and always will be|{P} deserve to be {harm}|"
    "all {P} should be {harm}|i can't stand {P}|i despise every single {S}|{P} disgust me|we should get rid of {P}|"
    "{P} don't deserve rights|{P} do not belong in this country|nobody wants {P} here|you are just another {bad1} {S}|"
    "why are {P} always so {bad1}|the world would be better without {P}|{P} make me sick|send {P} back to where they came from|"
    "never trust a {S}|being a {S} is nothing to be proud of|i wish all {P} would die|someone should have {P} {harm}|"
    "i am going to hurt the next {S} i see|{P} should know their place|god hates {P}|{P} are barely human|"
    "keep {P} away from our children|typical {S}, so {bad1}|fuck all {P}|{P} are ruining everything|let's round up {P}"
)
_DEFENCES = (
    "i love {P}|{P} are {good}|all {P} are {good}|{P} deserve the same rights as everyone|i am proud to be a {S}|"
    "my best friend is a {S}|as a {S}, i liked this article|{P} are not {bad}|no {S} deserves to be {harm}|"
    "nobody should be {harm} for being a {S}|i don't hate {P}|we should support {P}|more {P} should run for office|"
    "the film is about two {P}|many {P} live in this city|there is nothing wrong with being a {S}|{P} belong in this country|"
    "the law protects {P}|she married a {S} last year|i would never say anything against {P}|not all {P} think alike|"
    "{P} face discrimination every day|stop attacking {P}|why do people hate {P}? it makes no sense|thank god for {P}|"
    "a {S} was elected mayor on sunday|{P} were murdered in that war and we must remember it|i stand with {P}"
)
_REJECTIONS = (
    'saying "{attack}" is disgusting|whoever says "{attack}" should be ashamed|people who say "{attack}" are the problem|'
    '"{attack}" is never acceptable|i was told "{attack}" and it hurt|it is wrong to say that {attack}|stop saying {attack}|'
    'if you think "{attack}" you need help|he was fired for writing "{attack}"|how can anyone claim that {attack}?|'
    'imagine telling someone "{attack}". horrible|the sign said "{attack}", which is racist|don\'t you dare say "{attack}"'
)
_THINGS = "mondays|this laptop|traffic|the rain|my old phone|spinach|this bug|winter|these shoes|slow websites|mosquitoes|airports"
_ABOUT_THINGS = (
    "i hate {T}|i fucking hate {T}|{T} should be banned|{T} make me sick|i want to destroy {T}|{T} killed my mood|"
    "god i despise {T}|{T} deserve to burn|who else can't stand {T}"
)
_FRIENDLY_OATHS = (
    "this is fucking great|holy shit that was good|damn, i love this song|you are fucking brilliant, thank you|hell yes|"
    "that game was insane, fuck yeah|shit, i forgot my keys|i am so fucking happy for you|badass queen, love her"
)


def contrast(count: int, seed: int) -> list[Example]:
    """`count` seeded sentences, about half of them attacks."""
    dice = random.Random(seed)
    return [_sentence(dice) for _ in range(count)]


def _pick(dice: random.Random, choices: str) -> str:
    return dice.choice(choices.split("|"))


def group(dice: random.Random) -> tuple[str, str]:
    """A group of people, and one of them: `("gay people", "gay person")`."""
    both = _pick(dice, _GROUPS)
    middle = both.index(" ", both.index(" people") + 1) if " people" in both else None
    return (both[:middle], both[middle + 1 :]) if middle else _halves(both)


def _fill(dice: random.Random, template: str) -> str:
    plural, single = group(dice)
    bad = _pick(dice, _BAD)
    parts = {
        "P": plural,
        "S": single,
        "bad": bad,
        "bad1": _pick(dice, "stupid|disgusting|filthy|dirty|lazy|worthless|dumb"),
    }
    return template.format(**parts, good=_pick(dice, _GOOD), harm=_pick(dice, _HARM), T=_pick(dice, _THINGS))


def _halves(both: str) -> tuple[str, str]:
    words = both.split()
    middle = max(1, len(words) // 2)
    return " ".join(words[:middle]), " ".join(words[middle:])


def _sentence(dice: random.Random) -> Example:
    kind = dice.random()
    if kind < 0.5:
        template = _pick(dice, _ATTACKS)
        threat = 1.0 if "{harm}" in template or "hurt" in template or "die" in template else nan
        return Example(_fill(dice, template), (1.0, nan, nan, threat, nan, 1.0), 1.0)
    if kind < 0.75:
        return Example(_fill(dice, _pick(dice, _DEFENCES)), (0.0,) * 6, 1.0)
    if kind < 0.92:
        attack = _fill(dice, _pick(dice, _ATTACKS))
        return Example(
            _pick(dice, _REJECTIONS).replace("{attack}", attack), (0.05, 0.0, nan, 0.0, 0.0, 0.05), 1.0
        )
    oaths = kind >= 0.97
    text = _pick(dice, _FRIENDLY_OATHS) if oaths else _fill(dice, _pick(dice, _ABOUT_THINGS))
    return Example(text, (0.35 if oaths else 0.1, 0.0, nan, 0.0, 0.0, 0.0), 0.7)
