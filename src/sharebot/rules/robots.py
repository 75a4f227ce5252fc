"""The names under which previews, scanners and robots ask for a link: a line for each, with where it is written."""

import re

from sharebot.values.status import ClickOutcome

# Who fetches a link to draw its preview or to look for harm, before or instead of the reader.
_PREVIEWS = (
    r"telegrambot",  # core.telegram.org/bots/webhooks, instant view
    r"^whatsapp/",  # faq.whatsapp.com, link previews
    r"facebookexternalhit|facebot|facebookcatalog",  # developers.facebook.com/docs/sharing/webmasters/web-crawlers
    r"meta-external",  # the same page: meta-externalagent, meta-externalfetcher
    r"twitterbot",  # developer.x.com, cards: getting started
    r"slackbot|slack-img",  # api.slack.com/robots
    r"linkedinbot",  # www.linkedin.com/help, post inspector
    r"discordbot",  # says discordapp.com
    r"cardyb",  # Bluesky's cards: says support@bsky.app
    r"mastodon|pleroma|akkoma|misskey|http\.rb|lemmy|friendica|peertube",  # servers of the fediverse, by their own name
    r"skypeuripreview|microsoftpreview|teamsbot",  # Skype and Teams
    r"google-pagerenderer|google-inspectiontool|googlemessages",  # Google Messages and Chat
    r"pinterestbot|pinterest/",  # help.pinterest.com, crawler
    r"redditbot",  # says reddit.com/feedback
    r"vkshare",  # dev.vk.com, sharing
    r"embedly|iframely",  # docs.embed.ly, iframely.com/docs/about
    r"^viber",  # its servers; the browser inside the app is a whole WebView
    r"snap url preview",  # developers.snap.com, robots
    r"linespider|line-poker|linebot",  # help.line.me, LINE's crawler
    r"kakaotalk-scrap",  # developers.kakao.com, sharing
    r"tiktokspider|bytespider",  # TikTok and ByteDance
    r"wechat\w*preview",
    r"synapse \(|synapse/|matrix-media-repo",  # Matrix: url previews of a homeserver
    r"zoombot|zulipurlpreview|rocket\.chat|mattermost|signal-url|flipboardproxy|quora link preview|tumblr/",
    r"bitlybot|link ?preview|urlpreview|url preview|imessage",
    # Mail: scanners and picture proxies.
    r"safelinks|microsoft office|ms-office|outlook-ios-preview",  # learn.microsoft.com, Safe Links
    r"barracuda|mimecast|proofpoint|urldefense|symantec|fortimail|trendmicro|sophos|ironport|cisco-?talos|zscaler"
    r"|forcepoint|fireeye|trellix|messagelabs|spamhaus|virustotal|urlscan|checkpoint-?scan",
    r"googleimageproxy|ggpht\.com|yahoomailproxy|yahoo.*mail.*proxy",  # mail's pictures by proxy
)
# Programs, and those who read the web for others.
_ROBOTS = (
    r"(?<!cu)bots?(?:\b|_)",  # "Cubot" is a maker of telephones
    r"crawl|spider|slurp|scrap|archiver|feedfetcher|feedparser|feedly|newsblur|inoreader",
    r"monitor|uptime|pingdom|statuscake|site24x7|newrelic|datadog|check_http|nagios|zabbix",
    r"headless|phantomjs|lighthouse|puppeteer|playwright|selenium|electron/.*test|splash|slimerjs|htmlunit",
    r"^curl|wget|libcurl|python|httpx|aiohttp|okhttp|go-http-client|^java/|libwww-perl|perl/|ruby|guzzle|axios|node-fetch"
    r"|undici|apache-httpclient|reactor-netty|^php|winhttp|powershell|faraday|^dart/|^deno/|^bun/|^node|httpie|colly"
    r"|postman|insomnia|rest-client|cfnetwork(?!.*(?:safari|applewebkit))",
    r"scanner|nmap|zgrab|masscan|nuclei|sqlmap|nikto|censys|shodan|expanse",
    r"link ?check|linkchecker|w3c_validator|w3c-checklink|xenu|validator|deadlink|broken ?link|screaming frog",
    r"\+https?://",  # robots give the address of a page about them in this form
    r"google-(?:read-aloud|extended|safety|adwords|site-verification)|googleweblight|mediapartners|adsbot",
    r"^mozilla/[45]\.0$|^mozilla$|^user-agent|^-$|^test",
)


_PREVIEW = re.compile("|".join(_PREVIEWS))
_ROBOT = re.compile("|".join(_ROBOTS))


def find_robot(agent: str) -> ClickOutcome | None:
    """Return PREVIEW or ROBOT when a User-Agent gives such a name; None when it may be a person's browser."""
    lowered = agent.lower()
    if _PREVIEW.search(lowered):
        return ClickOutcome.PREVIEW
    return ClickOutcome.ROBOT if _ROBOT.search(lowered) else None
