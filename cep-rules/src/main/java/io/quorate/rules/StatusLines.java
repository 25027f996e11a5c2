package io.quorate.rules;

import io.quorate.rules.RuleTest.Answer;
import io.quorate.rules.RuleTest.Given;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Answers of members, one a second: {@code 0s..60s m1 fails, others leader m2 term 7 index 100 applied 100 db 30MiB in-use
 * 10MiB alarm NOSPACE learner version 3.5.9}, or {@code no leader}; {@code fails timeout} where it matters how. What is not
 * said is refused, term 1, index 1, applied as the index, db 1MiB, in-use as the db, and no version.
 */
final class StatusLines implements Lines {

    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Set<String> FAILURES = Set.of("refused", "timeout", "tls", "auth", "foreign", "error");
    private static final String EXAMPLE = "0s..60s m1 fails, others leader m2 term 7";

    private final int members;
    private final Set<String> told = new HashSet<>();
    private final List<Given> given = new ArrayList<>();

    StatusLines(int members) {
        this.members = members;
    }

    @Override
    public void add(String line) throws Misread {
        During during = During.of(line, EVERY, "status", EXAMPLE);
        Map<String, String> byMember = Lines.byMember(Lines.split(during.rest(), ", "), members);
        for (Map.Entry<String, String> member : byMember.entrySet()) {
            Words words = new Words(line, member.getValue());
            for (Duration time : during.times(EVERY)) {
                if (!told.add(member.getKey() + time)) {
                    throw new Misread("'" + member.getKey() + "' is told of twice at " + time.toSeconds()
                            + "s; expected one answer a second");
                }
                given.add(words.answer(time, member.getKey()));
            }
        }
    }

    @Override
    public List<Given> given() {
        return given;
    }

    /** What one member answers. */
    private final class Words {

        private final String line;
        private Optional<String> failure = Optional.empty();
        private boolean saysLeader;
        private Optional<String> leader = Optional.empty();
        private boolean learner;
        private long term = 1;
        private long index = 1;
        private long applied = -1;
        private long db = 1 << 20;
        private long inUse = -1;
        private Optional<String> version = Optional.empty();
        private final List<String> alarms = new ArrayList<>();

        Words(String line, String text) throws Misread {
            this.line = line;
            List<String> words = new ArrayList<>(List.of(text.split(" ")));
            while (!words.isEmpty()) {
                read(words);
            }
            if (failure.isEmpty() && !saysLeader) {
                throw new Misread("'" + line + "' says neither who leads nor that the poll fails; expected one like '"
                        + EXAMPLE + "'");
            }
        }

        private void read(List<String> words) throws Misread {
            String word = words.remove(0);
            switch (word) {
                case "fails" ->
                    failure = Optional.of(
                            !words.isEmpty() && FAILURES.contains(words.get(0)) ? words.remove(0) : "refused");
                case "learner" -> learner = true;
                case "no" -> {
                    if (!next(words, "no").equals("leader")) {
                        throw unknown("no");
                    }
                    saysLeader = true;
                }
                case "leader" -> {
                    leader = Optional.of(member(next(words, "leader")));
                    saysLeader = true;
                }
                case "term" -> term = number(next(words, "term"));
                case "index" -> index = number(next(words, "index"));
                case "applied" -> applied = number(next(words, "applied"));
                case "db" -> db = number(next(words, "db"));
                case "in-use" -> inUse = number(next(words, "in-use"));
                case "alarm" -> alarms.add(next(words, "alarm"));
                case "version" -> version = Optional.of(next(words, "version"));
                default -> throw unknown(word);
            }
        }

        private String next(List<String> words, String after) throws Misread {
            if (words.isEmpty()) {
                throw new Misread("'" + line + "' ends after '" + after + "'; expected one like '" + EXAMPLE + "'");
            }
            return words.remove(0);
        }

        private Misread unknown(String word) {
            return new Misread(
                    "'" + word + "' says nothing of a status; expected words out of fails, leader, no leader,"
                            + " learner, term, index, applied, db, in-use, alarm, version");
        }

        private String member(String name) throws Misread {
            if (!name.matches("m[1-9]") || name.charAt(1) - '0' > members) {
                throw new Misread("'" + name + "' is none of m1 to m" + members + "; expected one of them as leader");
            }
            return name;
        }

        private long number(String text) throws Misread {
            Quantity quantity = Quantity.parse(text)
                    .filter(one -> one.unit() == Unit.NUMBER || one.unit() == Unit.BYTES)
                    .orElseThrow(() -> new Misread("'" + text + "' is no number; expected one like 100 or 30MiB"));
            return (long) quantity.number();
        }

        Answer answer(Duration after, String member) {
            return new Answer(
                    after,
                    member,
                    failure.orElse(null),
                    leader.orElse(null),
                    term,
                    index,
                    applied < 0 ? index : applied,
                    db,
                    inUse < 0 ? db : inUse,
                    learner,
                    List.copyOf(alarms),
                    version.orElse(null));
        }
    }
}
