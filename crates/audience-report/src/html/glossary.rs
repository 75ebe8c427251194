//! What the figures are.

use super::markup::Markup;

const DEFINITIONS: &[(&str, &str, &str)] = &[
    ("def-sessions", "Session", "One title played in one run of a player. Started: a frame was seen."),
    ("def-viewers", "Viewer", "A different viewer id. Sessions without one are not counted."),
    (
        "def-watched",
        "Watched",
        "Content played, every pass counted. Watched again: what was played beyond each session's first pass.",
    ),
    ("def-average-view", "Average view", "Watched, divided by the sessions that started."),
    (
        "def-completed",
        "Completed",
        "At least 90 % of the title was played, each part counted once: seeking to the end completes nothing. Reached the \
         end: something in the last 5 % was played. Both are shares of the sessions of which that can be known.",
    ),
    (
        "def-concurrent",
        "Concurrent sessions",
        "The time that sessions were there, from load to last event, divided by the length of the stretch of time.",
    ),
    (
        "def-retention",
        "Retention",
        "At each moment of the title, the share of sessions that watched it, at any time and in any order; so it rises \
         where viewers seek to. Sessions without a known duration or position are not in it. The band is Wilson's 95 % \
         interval at each point on its own, of as many sessions as would say as much if viewers did not come back. The dotted \
         line is of those who watch anything: how many have not left yet, whatever they skip.",
    ),
    (
        "def-findings",
        "Drop-offs, credits, intro",
        "A drop-off is where significantly more viewers leave than around there; credits are from where on most of those who are \
         there leave before the end; the intro is the part that most seek over early. Of drop-offs, and of parts that are \
         watched again or skipped, no more than 5 % are chance.",
    ),
    (
        "def-catalogue",
        "The catalogue",
        "Titles of the same octave of length (1 to 2 minutes, 2 to 4, and so on) with at least 30 sessions: the grey areas are their middle half and \
         their middle four fifths at each moment. It takes five.",
    ),
    (
        "def-attention",
        "Attention",
        "How much of each part of the title was played, every pass of every session counted; below it, which share of that \
         was played again.",
    ),
    (
        "def-startup",
        "Start-up",
        "From asking for playback to the first frame, of sessions that have one. Half are no longer than the median, 95 % no \
         longer than p95. Where players do not say when they were asked, it is counted from the load: an upper bound.",
    ),
    ("def-stall", "Stall", "A wait in the middle of playback: neither before the first frame nor after a seek."),
    (
        "def-rebuffer",
        "Rebuffer ratio",
        "Time stalled, divided by time stalled and time in which frames moved. In brackets, a 95 % interval over viewers, by \
         bootstrap; it leaves out sessions of which only requests are known.",
    ),
    (
        "def-failures",
        "Failures",
        "Fatal errors that ended playback, before the first frame (start) or after it. Left before start: no frame was \
         seen, and no fatal error.",
    ),
    (
        "def-good",
        "Good stream",
        "A stream within limits that the platform chooses: no technical failure, start-up in time, hardly stalled, sharp \
         enough. Viewers who left before the first frame without having waited long, and business failures, are not \
         judged. In brackets, Wilson's 95 % interval, as if streams were independent.",
    ),
    (
        "def-index",
        "Experience index",
        "A policy index, not a mean opinion score: 100 for a session without trouble, less for start-up, stalls, waits after \
         seeks, switches, a low bit rate, dropped frames and failures, by published weights and per time played. The mean \
         over sessions in which something was played.",
    ),
    (
        "def-stalled-time",
        "Stalled of watched time",
        "Time stalled, divided by the time from asking for playback on without pauses: starting, playing, stalled and \
         waiting after seeks (CTA-2066).",
    ),
    (
        "def-switch",
        "Switch",
        "A change to another bit rate, up or down, after the first; per hour in which frames moved.",
    ),
    ("def-bitrate", "Bit rate", "Declared bits of the content played, divided by how much content that was."),
    (
        "def-restart",
        "Restart after a seek",
        "From the seek until frames move again, of the seeks that were waited for and waited out.",
    ),
    ("def-frames", "Dropped frames", "Frames dropped, divided by frames decoded, where players report both."),
    (
        "def-latency",
        "Live latency",
        "How far behind the live edge the playhead was, as players report it, on average over the time frames moved.",
    ),
    (
        "def-attempt",
        "Attempt",
        "A session that started, failed before it could, or ended without a frame. Only loaded: of the last kind, those that \
         never asked for playback, as far as telemetry tells; they are attempts unless that was asked otherwise.",
    ),
    (
        "def-difference",
        "Difference of shares",
        "In percentage points (pp), with Newcombe's 95 % interval. It takes sessions to be independent, and says nothing \
         of why they differ.",
    ),
];

pub(super) fn write(out: &mut Markup) {
    out.element("section", &[("id", &"definitions")], |out| {
        out.leaf("h2", &[], "Definitions");
        out.element("dl", &[("class", &"glossary")], |out| {
            for (id, name, definition) in DEFINITIONS {
                out.element("div", &[("id", id)], |out| {
                    out.leaf("dt", &[], name);
                    out.leaf("dd", &[], definition);
                });
                out.line();
            }
        });
    });
    out.line();
}
