package io.quorate.sinks.receivers.email;

import io.quorate.sinks.receivers.Answer;
import io.quorate.sinks.receivers.Message;
import io.quorate.sinks.receivers.Receiver;
import io.quorate.sinks.receivers.Recipients;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Mails by a few threads of its own, as a mail client blocks; a conversation that takes too long is cut off. */
final class EmailReceiver implements Receiver {

    private static final int THREADS = 2;
    private static final int WAITING = 1_000;
    private static final Answer LATE = new Answer.WorthRetrying(null, "no answer in time", null);

    private final EmailSettings settings;
    private final Recipients recipients;
    private final ThreadPoolExecutor threads;

    EmailReceiver(EmailSettings settings) {
        this.settings = settings;
        this.recipients = new Recipients(settings.to());
        this.threads = new ThreadPoolExecutor(
                THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(WAITING), task -> {
                    Thread made = new Thread(task, "email-" + settings.name());
                    made.setDaemon(true);
                    return made;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    @Override
    public CompletableFuture<Answer> send(Message message) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        try {
            threads.execute(() -> tell(message, answer));
            answer.completeOnTimeout(LATE, settings.terms().timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException full) {
            answer.complete(new Answer.WorthRetrying(null, "too many mails wait for the server", null));
        }
        return answer;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private void tell(Message message, CompletableFuture<Answer> answer) {
        if (answer.isDone()) {
            return;
        }
        try (Conversation conversation = new Conversation(settings)) {
            answer.whenComplete((given, failure) -> conversation.cutOff());
            answer.complete(
                    recipients.judge(message.key(), conversation.tell(message, recipients.waiting(message.key()))));
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
        }
    }
}
