package io.quorate.cli.alerting;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.jobs.alerting.routes.LabelMatcher;
import io.quorate.jobs.alerting.routes.Route;
import io.quorate.rules.yaml.Durations;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A route in words, and as JSON. */
record RouteText(Route route) {

    List<String> lines() {
        return List.of(
                route.name() + ": "
                        + (route.where().isEmpty() ? "every alert" : LabelMatcher.text(route.where())) + " to "
                        + String.join(", ", route.receivers()) + (route.goesOn() ? ", and on to the next" : ""),
                "    " + times());
    }

    /** How it tells, and whom else. */
    String times() {
        String repeat = route.repeat() == null ? "never reminded" : "reminded every " + Durations.text(route.repeat());
        return "the first at once, then every " + Durations.text(route.groupWait()) + " at most, together for "
                + Durations.text(route.groupFor()) + "; " + repeat
                + route.escalations().stream()
                        .map(one -> "; after " + Durations.text(one.after()) + " also "
                                + String.join(", ", one.receivers()))
                        .collect(Collectors.joining());
    }

    /** What alerts with these labels are told together by. */
    String group(Map<String, String> labels) {
        return route.groupBy().isEmpty()
                ? "all together"
                : route.groupBy().stream()
                        .map(label -> label + "=\"" + labels.getOrDefault(label, "") + '"')
                        .collect(Collectors.joining(","));
    }

    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("name", route.name())
                .put("where", LabelMatcher.text(route.where()));
        route.receivers().forEach(json.putArray("receivers")::add);
        route.groupBy().forEach(json.putArray("groupBy")::add);
        json.put("groupWait", Durations.text(route.groupWait()))
                .put("groupFor", Durations.text(route.groupFor()))
                .put("repeat", route.repeat() == null ? null : Durations.text(route.repeat()))
                .put("continue", route.goesOn());
        var escalate = json.putArray("escalate");
        route.escalations().forEach(one -> {
            ObjectNode step = escalate.addObject().put("after", Durations.text(one.after()));
            one.receivers().forEach(step.putArray("to")::add);
        });
        return json;
    }
}
