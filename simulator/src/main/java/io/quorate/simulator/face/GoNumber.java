package io.quorate.simulator.face;

import java.math.BigDecimal;

/** Numbers as etcd writes them: the shortest digits, with an exponent below 1e-4 and from 1e6 on. */
final class GoNumber {

    private GoNumber() {}

    static void append(StringBuilder to, double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            appendWhole(to, (long) value);
            return;
        }
        BigDecimal digits = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        String unscaled = digits.unscaledValue().abs().toString();
        int exponent = unscaled.length() - 1 - digits.scale();
        if (digits.signum() < 0) {
            to.append('-');
        }
        if (exponent < -4 || exponent >= 6) {
            appendScientific(to, unscaled, exponent);
        } else {
            to.append(digits.abs().toPlainString());
        }
    }

    private static void appendWhole(StringBuilder to, long value) {
        if (Math.abs(value) < 1_000_000) {
            to.append(value);
            return;
        }
        String text = Long.toString(Math.abs(value));
        int end = text.length();
        while (text.charAt(end - 1) == '0') {
            end--;
        }
        if (value < 0) {
            to.append('-');
        }
        appendScientific(to, text.substring(0, end), text.length() - 1);
    }

    private static void appendScientific(StringBuilder to, String digits, int exponent) {
        to.append(digits.charAt(0));
        if (digits.length() > 1) {
            to.append('.').append(digits, 1, digits.length());
        }
        to.append('e').append(exponent < 0 ? '-' : '+');
        int size = Math.abs(exponent);
        to.append(size < 10 ? "0" : "").append(size);
    }
}
