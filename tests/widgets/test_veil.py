"""What gives an answer away stays covered until the answer is given."""

import pytest
from demo_wave import Wave

from qmlcourse.widgets import Prediction, Veil, new_figure, on_page


@pytest.fixture(autouse=True)
def _nothing_kept(nothing_kept):
    return


def predict(key="veil-test"):
    return Prediction("What happens?", ["this", "that"], key=key)


def covered(veil):
    return "qml-veil" in veil.children[0]._dom_classes


def test_it_opens_when_the_answer_is_kept():
    asked, wave = predict(), Wave()
    veil = Veil("veil-test", wave)
    assert covered(veil)
    assert not veil.shown
    assert not wave.has_picture  # nothing is computed for a picture that nobody sees
    asked.choice.value = "this"
    asked.keep()
    assert veil.shown
    own, view = veil.children
    assert view is wave.view
    assert own.value == ("<p>You said: <b>this</b> (fairly sure). What does the picture say?</p>")


def test_whoever_skips_and_answers_later_reads_the_answer_then():
    asked, wave = predict(), Wave()
    veil = Veil("veil-test", wave)
    veil.skip()
    assert list(veil.children) == [wave.view]
    asked.choice.value = "that"
    asked.keep()
    assert "<b>that</b>" in veil.children[0].value
    assert veil.children[1] is wave.view


def test_it_is_open_where_the_answer_was_kept_before():
    asked = predict()
    asked.choice.value = "that"
    asked.keep()
    assert not covered(Veil("veil-test", Wave()))


def test_whoever_skips_opens_all_under_the_same_question():
    first, second, other = (
        Veil(key, Wave()) for key in ("veil-test", "veil-test", "another-question")
    )
    first.button.click()
    assert first.shown
    assert second.shown
    assert not other.shown


def test_what_was_seen_stays_when_the_answer_is_forgotten():
    asked = predict()
    veil = Veil("veil-test", Wave())
    asked.choice.value = "this"
    asked.keep()
    Prediction.clear("veil-test")
    assert not covered(veil)


def test_a_lecture_has_no_veils(monkeypatch):
    monkeypatch.setenv("QMLCOURSE_VEILS", "off")
    assert not covered(Veil("veil-test", Wave()))


def test_a_page_without_a_kernel_has_the_still_in_a_closed_fold():
    veil = Veil("veil-test", Wave())
    bundle, metadata = veil._repr_mimebundle_()
    page = bundle["text/html"]
    assert page.startswith('<details class="qml-veiled"><summary>')
    assert "open" not in page.split(">")[0]
    assert 'src="data:image/png;base64,iVBOR' in page
    assert "Your answer to the question above opens this" in page.split("</summary>")[0]
    assert "image/png" not in bundle
    assert metadata == {}
    assert bundle["text/plain"] == veil._sentence()


def test_a_served_page_draws_no_still(monkeypatch):
    monkeypatch.setattr(on_page, "served", lambda: True)
    wave = Wave()
    assert "text/html" not in Veil("veil-test", wave)._repr_mimebundle_()[0]
    assert not wave.has_picture


def test_a_figure_can_be_veiled_too():
    figure = new_figure(3, 2, alt="A figure with nothing in it, for a test.")
    figure.subplots().plot([0, 1])
    veil = Veil("veil-test", figure)
    assert "A figure with nothing" in veil._repr_mimebundle_()[0]["text/html"]
    veil.skip()
    assert veil.children[0].alt == figure.alt


def test_closing_takes_the_explorer_off_the_page():
    wave = Wave()
    veil = Veil("veil-test", wave)
    veil.skip()
    veil.close()
    assert not wave.has_picture
    veil.skip()  # what is closed opens no more
    assert veil.comm is None
