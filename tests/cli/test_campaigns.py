"""sharebot campaign: started, listed and ended."""

from tests.cli.conftest import Call


def test_a_campaign_is_started_listed_and_ended(call: Call):
    words = ("--name", "Vaccines for all", "--hashtag", "#GlobalVax", "--line", "Together.")
    assert call("campaign", "list") == (0, "no campaigns yet\n")
    assert call("campaign", "add", "vax", *words) == (0, "campaign vax runs\n")
    assert call("campaign", "add", "vax", *words) == (1, "sharebot: there is a campaign vax already\n")
    assert "vax   Vaccines for all  #GlobalVax  Together.  running" in call("campaign", "list")[1]
    assert call("campaign", "end", "vax") == (0, "campaign vax has ended\n")
    assert call("campaign", "end", "vax")[0] == 1
    assert "ended" in call("campaign", "list")[1]


def test_words_that_no_network_takes_are_refused(call: Call):
    code, shown = call("campaign", "add", "vax", "--name", "Vaccines", "--hashtag", "Global Vax")
    assert (code, shown) == (1, "sharebot: a hashtag is # and letters or digits, at least one letter\n")
    assert call("campaign", "end", "none") == (1, "sharebot: there is no campaign none\n")
