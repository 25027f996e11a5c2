package io.quorate.sinks.receivers.text;

import com.samskivert.mustache.BasicCollector;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import io.quorate.events.Alert;
import io.quorate.sinks.receivers.Message;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The texts of pages, by Mustache templates. What an alert says never acts as a template, and a template reaches nothing but the
 * values of its page: no objects, no files, no other templates.
 */
public final class PageTexts implements Serializable {

    private static final long serialVersionUID = 1L;

    /** The templates that come with this, and runbooks as the rules name them. */
    public static final PageTexts DEFAULT = new PageTexts(Map.of(), null);

    /** Two parts of a long text message. */
    private static final int LONGEST_SMS = 320;

    private static final int LONGEST_TITLE = 250;

    private static final Map<Form, String> OURS = Map.of(
            Form.TITLE, shipped(Form.TITLE),
            Form.TEXT, shipped(Form.TEXT),
            Form.HTML, shipped(Form.HTML),
            Form.SMS, shipped(Form.SMS));

    /** Form of a page. */
    enum Form {
        TITLE,
        TEXT,
        HTML,
        SMS;

        /** What its template is called. */
        String template() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final TreeMap<String, String> overrides;
    private final @Nullable String runbookBase;

    private PageTexts(Map<String, String> overrides, @Nullable String runbookBase) {
        this.overrides = new TreeMap<>(overrides);
        this.runbookBase = runbookBase;
    }

    /**
     * With these templates in the place of ours.
     *
     * @param overrides by name: title, text, html, sms, or some of them
     * @param runbookBase address below which the runbooks are found, by their file names; null when rules name them as addresses
     */
    public static PageTexts of(Map<String, String> overrides, @Nullable String runbookBase) throws InvalidTemplate {
        for (Map.Entry<String, String> override : new TreeMap<>(overrides).entrySet()) {
            TemplateLint.check(override.getKey(), override.getValue());
        }
        return new PageTexts(overrides, runbookBase);
    }

    /** One line. */
    public String title(Message message) {
        return title(message, LONGEST_TITLE);
    }

    /** One line of at most so many characters. */
    public String title(Message message, int longest) {
        return Page.shortened(Page.clean(render(Form.TITLE, message)), longest);
    }

    public String text(Message message) {
        return render(Form.TEXT, message).strip();
    }

    public String html(Message message) {
        return render(Form.HTML, message).strip();
    }

    /** One line of at most 320 characters. */
    public String sms(Message message) {
        return Page.shortened(Page.clean(render(Form.SMS, message)), LONGEST_SMS);
    }

    /** Where the runbook of this alert is: an address where one is known, else its path; null when it has none. */
    public @Nullable String runbook(Alert alert) {
        String runbook = alert.runbook();
        if (runbook == null || runbook.isBlank()) {
            return null;
        }
        if (runbookBase == null || runbook.contains("://")) {
            return runbook;
        }
        String file = runbook.substring(runbook.lastIndexOf('/') + 1);
        return runbookBase.endsWith("/") ? runbookBase + file : runbookBase + '/' + file;
    }

    /** The runbook where it is an address; null when it is none, or only a path. */
    public @Nullable String link(Alert alert) {
        String runbook = runbook(alert);
        return runbook != null && (runbook.startsWith("https://") || runbook.startsWith("http://"))
                ? Page.clean(runbook)
                : null;
    }

    /** How templates are understood here. */
    static Mustache.Compiler compiler(Form form) {
        return Mustache.compiler()
                .escapeHTML(form == Form.HTML)
                .defaultValue("")
                .emptyStringIsFalse(true)
                .withCollector(new ValuesOnly());
    }

    private String render(Form form, Message message) {
        String source = Objects.requireNonNullElse(overrides.get(form.template()), OURS.get(form));
        Template template = compiler(form).compile(source);
        return template.execute(new Page(message, this).values());
    }

    private static String shipped(Form form) {
        String name = form.template() + ".mustache";
        try (InputStream in = PageTexts.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the template " + name + " cannot be read", e);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PageTexts texts
                && overrides.equals(texts.overrides)
                && Objects.equals(runbookBase, texts.runbookBase);
    }

    @Override
    public int hashCode() {
        return Objects.hash(overrides, runbookBase);
    }

    @Override
    public String toString() {
        return "PageTexts[overrides=" + overrides.keySet() + ", runbookBase=" + runbookBase + ']';
    }

    /** Looks into maps and lists; a method or field of an object is not to be had. */
    private static final class ValuesOnly extends BasicCollector {

        @Override
        public <K, V> Map<K, V> createFetcherCache() {
            return new ConcurrentHashMap<>();
        }
    }
}
