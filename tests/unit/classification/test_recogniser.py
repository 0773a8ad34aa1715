"""The model that recognises texts: its vectors, its learning, its file, and what it ships as."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.classification.adapters.recogniser import corpus, features, linear, training
from services.classification.adapters.recogniser.evaluation import figures
from services.classification.adapters.recogniser.model import (
    Model,
    Text,
    load_model,
    phrases,
)
from services.classification.adapters.recognising import Recogniser, load_rules
from services.classification.domain.state import OUTAGES
from services.classification.domain.verdict import ModelError, Thresholds, Verdict, judge
from services.reference.catalogue import load_catalogue

CATALOGUE = load_catalogue()
HINTS = (
    ("楼上又扔下来一个花盆，差点砸到遛弯的人", "91001", False),
    ("二楼那家把电瓶提进屋头充，插线板从窗子吊下来", "91002", False),
    ("隔壁独居的大爷三天没出来拿报纸了，喊也没得人答应", "93001", True),
    ("厨房一股臭鸡蛋味，头晕得很，窗子都打开了还有", "91005", True),
    ("安全出口拿铁链锁起的，万一有事咋个跑", "91003", False),
    ("老板跑路了，工地上干了四个月一分钱没拿到", "95002", False),
    ("广场舞音箱十一点还在轰，娃儿没法睡", "06028", False),
    ("河水今天变成牛奶色，鱼都翻肚皮了", "06026", False),
    ("电梯卡在五楼和六楼中间，里头有个孕妇", "91007", True),
    ("出门的井口冒脏水，整条巷子都是屎味道", "96003", False),
)


@pytest.fixture(scope="module")
def shipped() -> Model:
    return load_model(codes=CATALOGUE.entries)


def test_full_width_and_capitals_are_the_same_text() -> None:
    vocabulary = features.learn(["3栋abc", "3栋abc"], longest=2)
    plain, wide = vocabulary.vectors(["3栋abc"]), vocabulary.vectors(["３栋ＡＢＣ"])
    assert (plain != wide).nnz == 0 and plain.nnz > 0


def test_a_piece_never_reaches_from_one_text_into_the_next() -> None:
    documents, keys = features.pieces(["甲乙", "丙"], 2)
    written = sorted(
        (int(d), features.written(int(k))) for d, k in zip(documents, keys, strict=True)
    )
    assert written == [(0, "乙"), (0, "甲"), (0, "甲乙"), (1, "丙")]


def test_the_share_of_pieces_that_were_never_met_is_told() -> None:
    vocabulary = features.learn(["噪音", "噪音"], longest=1)
    assert features.unknown_share(vocabulary, ["噪音", "异味"]) == 0.5
    assert features.unknown_share(vocabulary, ["噪"]) == 0.0
    assert features.unknown_share(vocabulary, []) == 0.0


def test_a_title_speaks_in_pieces_of_its_own() -> None:
    vocabulary = features.learn(["噪音", "噪音"], ["噪音", "噪音"], longest=1)
    assert len(vocabulary) == 4
    assert vocabulary.vectors(["噪音"], [""]).nnz == 2


@given(st.lists(st.text(max_size=60), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_a_text_has_the_same_vector_alone_and_in_a_batch(texts: list[str]) -> None:
    vocabulary = features.learn([*texts, *texts], longest=3)
    if len(vocabulary):
        together = vocabulary.vectors(texts).toarray()
        alone = np.vstack([vocabulary.vectors([each]).toarray() for each in texts])
        assert np.allclose(together, alone)


def test_what_can_be_told_apart_is_learned_and_the_same_seed_learns_the_same() -> None:
    texts = [f"水管{i}漏水" for i in range(20)] + [f"路灯{i}不亮" for i in range(20)]
    labels = ["水"] * 20 + ["灯"] * 20
    vectors = features.learn(texts, longest=2).vectors(texts)
    even = np.ones(40, np.float32)
    course = linear.Course(trust=10.0)
    first, again = (linear.fit(vectors, labels, even, course) for _ in range(2))
    said = [first.answers[row.argmax()] for row in first.probabilities(vectors)]
    assert said == labels
    assert np.array_equal(first.weights, again.weights)


def test_eight_bits_keep_the_weights_within_half_a_step() -> None:
    weights = np.random.default_rng(1).normal(size=(50, 4)).astype(np.float32)
    again = linear.unpacked(*linear.packed(weights))
    assert np.abs(again - weights).max() <= np.abs(weights).max() / 127 / 2 + 1e-6


def test_the_shipped_model_fits_the_catalogue_and_the_repository(shipped: Model) -> None:
    assert set(shipped.category.answers) <= set(CATALOGUE.entries)
    path = Path(corpus.CORPUS).parent / "data" / "model.npz"
    assert path.stat().st_size < 10_000_000


def test_hints_without_the_word_are_understood(shipped: Model) -> None:
    verdicts = shipped.verdicts([Text(text) for text, _, _ in HINTS])
    named = [code in dict(v.candidates) for (_, code, _), v in zip(HINTS, verdicts, strict=True)]
    assert sum(named) >= 9


def test_a_text_is_judged_the_same_alone_and_in_a_batch(shipped: Model) -> None:
    texts = [Text(text, channel="wechat") for text, _, _ in HINTS]
    together = shipped.verdicts(texts)
    alone = [shipped.verdicts([each])[0] for each in texts]
    assert [each.candidates for each in together] == [each.candidates for each in alone]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "。",
        "😀" * 25_000,
        "漏" * 5_000,
        "a\x00b",
        "\ud800",
        "請問這個怎麼辦",
        "hello",
        "𠮷野家",
    ],
)
def test_no_text_is_too_strange(shipped: Model, text: str) -> None:
    (verdict,) = shipped.verdicts([Text(text, title=text[:50])])
    assert len(verdict.candidates) == 3
    assert all(0.0 <= share <= 1.0 for _, share in verdict.candidates)


def test_phrases_are_cut_from_the_text_itself() -> None:
    assert phrases("敲门没声音，菜两天没人拿", ["敲门", "门没", "没人", "人拿"]) == (
        "敲门没",
        "没人拿",
    )
    assert phrases("，，。", ["，，"]) == ()


def test_a_model_that_does_not_fit_its_catalogue_is_refused_with_the_reason(shipped: Model) -> None:
    known = set(CATALOGUE.entries) - {"91001"}
    with pytest.raises(ModelError, match="91001, which the catalogue does not have; train it anew"):
        load_model(codes=known)


def test_a_file_that_is_no_model_is_refused_with_advice(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    path.write_bytes(b"not a model")
    with pytest.raises(ModelError, match="is no model of this hub"):
        load_model(path)
    with pytest.raises(ModelError, match="hub model train"):
        load_model(tmp_path / "absent.npz")


def test_a_model_is_the_same_after_it_was_saved(tmp_path: Path) -> None:
    rows = [
        corpus.Labelled(Text(f"{what}{i}", channel="wechat"), code, code == "91005")
        for i in range(12)
        for what, code in (("高空扔东西", "91001"), ("闻到煤气", "91005"), ("早上好", ""))
    ]
    messages = [(f"{word}{i}", word) for i in range(12) for word in ("环境保护", "交通运输")]
    model = training.train(rows, messages, seed=3)
    model.save(tmp_path / "model.npz")
    again = load_model(tmp_path / "model.npz")
    texts = [Text("闻到煤气了", channel="wechat"), Text("早上好", channel="wechat")]
    codes = [[v.candidates[0][0] for v in each.verdicts(texts)] for each in (model, again)]
    assert codes[0] == codes[1] and codes[0][0] == "91005"
    assert again.card["reports"] == 24 and again.card["non_reports"] == 12
    measured = figures(Recogniser(again, CATALOGUE, load_rules()), rows)
    assert measured["texts"] == 36 and measured["top1"] > 0.9


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("哪里都好,wechat,99999,0,1", "bad.csv:2: the catalogue has no category '99999'"),
        ("哪里都好,pigeon,91001,0,1", "bad.csv:2: channel must be one of"),
        ("哪里都好,wechat,91001,2,1", "bad.csv:2: danger_to_life must be 0 or 1"),
        ("哪里都好,wechat,,0,1", "bad.csv:2: a row has a code exactly if is_hazard is 1"),
        (" ,wechat,91001,0,1", "bad.csv:2: the text is empty"),
    ],
)
def test_a_row_that_can_not_be_learned_from_is_named(tmp_path: Path, row: str, said: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(f"text,channel,code,danger_to_life,is_hazard\n{row}\n", encoding="utf-8")
    with pytest.raises(ModelError, match=said):
        corpus.read_reports(path, CATALOGUE.entries)


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "gbk.csv"
    path.write_bytes(
        "text,channel,code,danger_to_life,is_hazard\n楼上漏水了,wechat,,0,0\n".encode("gbk")
    )
    with pytest.raises(ModelError, match=r"gbk\.csv is not UTF-8"):
        corpus.read_reports(path, CATALOGUE.entries)


def test_the_corpus_speaks_of_every_category_in_every_channel() -> None:
    rows = corpus.read_reports(corpus.CORPUS, CATALOGUE.entries)
    by_code: dict[str, list[str]] = {}
    for each in rows:
        by_code.setdefault(each.code, []).append(each.text.channel)
    assert len(rows) >= 6_000
    assert len({each.text.text for each in rows}) == len(rows)
    said = set(CATALOGUE.entries) - {OUTAGES}
    assert all(len(by_code.get(code, ())) >= 25 for code in said)
    assert all(len(set(channels)) == 4 for channels in by_code.values())


def verdict(report: float = 0.9, danger: float = 0.1, share: float = 0.9) -> Verdict:
    return Verdict(
        (("91001", share), ("91008", 0.05)), report, danger, "城乡建设", 0.9, ("扔下来",)
    )


LIMITS = Thresholds(report=0.5, danger=0.6, life=0.6)


def test_what_may_cost_a_life_is_never_taken_for_chat() -> None:
    by_model = judge(verdict(report=0.01, danger=0.7), CATALOGUE, LIMITS)
    by_word = judge(verdict(report=0.01), CATALOGUE, LIMITS, alarming="浓烟")
    assert by_model.is_report and by_model.severity == "danger"
    assert by_word.is_report and "浓烟" in by_word.reasons[-1]


def test_a_hint_is_believed_sooner_where_it_is_about_a_life() -> None:
    limits = Thresholds(report=0.5, danger=0.6, life=0.2)
    thing = verdict(danger=0.3)
    life = replace(thing, candidates=(("93006", 0.9), ("91008", 0.05)))
    assert judge(life, CATALOGUE, limits).is_danger
    assert not judge(thing, CATALOGUE, limits).is_danger


def test_a_judgement_says_its_words_and_when_unsure_the_other_candidates() -> None:
    sure, unsure = (judge(verdict(share=share), CATALOGUE, LIMITS) for share in (0.9, 0.5))
    assert sure.reasons == ("依据“扔下来”，判为高空抛物（把握 90%）",)
    assert "也可能是：外墙脱落或高空坠物隐患 5%" in unsure.reasons


def test_chat_is_said_to_be_chat() -> None:
    chat = judge(verdict(report=0.2), CATALOGUE, LIMITS)
    assert not chat.is_report and "无需处置" in chat.reasons[-1]
