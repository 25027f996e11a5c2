package io.quorate.sinks.receivers.text;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Refuses a template that would fail, or say nothing, on the night it is needed. */
final class TemplateLint {

    /** Of the item of a list that a section goes through. */
    private static final Set<String> OF_AN_ITEM = Set.of(".", "this", "-first", "-last", "-index");

    private static final Pattern LINE = Pattern.compile("(?:on|@|at)? ?\\[?line:? ?(\\d+)]?");
    private static final Pattern UNESCAPED = Pattern.compile("\\{\\{(?:\\{|\\s*&|\\s*=)");

    private final String template;
    private final String source;

    private TemplateLint(String template, String source) {
        this.template = template;
        this.source = source;
    }

    /** @param template its name */
    static void check(String template, String source) throws InvalidTemplate {
        PageTexts.Form form = Arrays.stream(PageTexts.Form.values())
                .filter(known -> known.template().equals(template))
                .findFirst()
                .orElseThrow(() -> new InvalidTemplate(
                        template,
                        1,
                        "there is no such template; expected one of "
                                + Arrays.stream(PageTexts.Form.values())
                                        .map(PageTexts.Form::template)
                                        .toList()));
        new TemplateLint(template, source).check(form);
    }

    private void check(PageTexts.Form form) throws InvalidTemplate {
        Names names = new Names();
        try {
            PageTexts.compiler(form).compile(source).visit(names);
        } catch (MustacheException e) {
            String said = String.valueOf(e.getMessage());
            Matcher line = LINE.matcher(said);
            throw line.find()
                    ? new InvalidTemplate(
                            template,
                            Integer.parseInt(line.group(1)),
                            line.replaceFirst("").strip())
                    : new InvalidTemplate(template, 1, said);
        }
        for (String unknown : names.unknown) {
            throw new InvalidTemplate(
                    template,
                    lineOf(unknown),
                    "'{{" + unknown + "}}' is unknown; expected one of "
                            + String.join(", ", new TreeSet<>(Page.NAMES)));
        }
        for (String other : names.others) {
            throw new InvalidTemplate(
                    template, lineOf(other), "'" + other + "' is another template; expected all in one");
        }
        if (names.isOpen) {
            throw new InvalidTemplate(
                    template, lineAt(source.lastIndexOf("{{")), "'{{' is not closed; expected '}}' behind a name");
        }
        Matcher unescaped = UNESCAPED.matcher(source);
        if (form == PageTexts.Form.HTML && unescaped.find()) {
            throw new InvalidTemplate(
                    template,
                    lineAt(unescaped.start()),
                    "'" + unescaped.group() + "' would let what an alert says act as HTML; expected '{{name}}'");
        }
    }

    private int lineOf(String name) {
        Matcher tag = Pattern.compile("\\{\\{[^}]*" + Pattern.quote(name)).matcher(source);
        return lineAt(tag.find() ? tag.start() : Math.max(0, source.indexOf(name)));
    }

    private int lineAt(int position) {
        return 1
                + (int) source.substring(0, position)
                        .chars()
                        .filter(c -> c == '\n')
                        .count();
    }

    /** Walks through all tags. */
    private static final class Names implements Mustache.Visitor {

        final Set<String> unknown = new LinkedHashSet<>();
        boolean isOpen;
        final List<String> others = new ArrayList<>();

        @Override
        public void visitText(String text) {
            isOpen |= text.contains("{{");
        }

        @Override
        public void visitVariable(String name) {
            see(name);
        }

        @Override
        public boolean visitSection(String name) {
            see(name);
            return true;
        }

        @Override
        public boolean visitInvertedSection(String name) {
            see(name);
            return true;
        }

        @Override
        public boolean visitInclude(String name) {
            others.add(name);
            return false;
        }

        @Override
        public boolean visitParent(String name) {
            others.add(name);
            return false;
        }

        private void see(String name) {
            if (!Page.NAMES.contains(name) && !OF_AN_ITEM.contains(name)) {
                unknown.add(name);
            }
        }
    }
}
