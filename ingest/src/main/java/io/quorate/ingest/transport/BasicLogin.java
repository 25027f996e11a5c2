package io.quorate.ingest.transport;

import okhttp3.Credentials;

/** A user and a password: HTTP's basic authentication, or a user of etcd. The password is never shown in text. */
public record BasicLogin(String user, Secret password) implements Authorization {

    private static final long serialVersionUID = 1;

    public BasicLogin {
        if (user.isBlank()) {
            throw new IllegalArgumentException("login.user: is blank, expected the name of a user");
        }
    }

    /** The password read again when the file changes. */
    public static BasicLogin inFile(String user, String passwordFile) {
        return new BasicLogin(user, Secret.inFile("password-file", passwordFile));
    }

    public static BasicLogin of(String user, String password) {
        return new BasicLogin(user, Secret.of(password));
    }

    @Override
    public Rereading<String> header() {
        return password.rereading(this::credentials);
    }

    String credentials(String known) {
        return Credentials.basic(user, known);
    }

    @Override
    public String noun() {
        return "password";
    }
}
