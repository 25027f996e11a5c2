package io.quorate.rules;

/** A line of a test that cannot be read: what it is not, and what was expected. */
final class Misread extends Exception {

    private static final long serialVersionUID = 1;

    Misread(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? "" : message;
    }
}
