package io.quorate.ingest.transport;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text with certificates or a key in it, as openssl, cfssl and kubeadm write it. */
final class Pem {

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");

    private static final byte[] RSA = {
        0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00
    };
    private static final byte[] EC = {0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01};
    private static final byte[] VERSION = {0x02, 0x01, 0x00};
    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;

    /** The tag that SEC 1 writes before the name of the curve. */
    private static final int CURVE = 0xa0;

    private record Block(String type, byte[] content) {}

    private Pem() {}

    /** All certificates in this text, at least one. */
    static List<X509Certificate> certificates(byte[] text) throws GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks(text)) {
            if (block.type().equals("CERTIFICATE")) {
                certificates.add(
                        (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.content())));
            }
        }
        if (certificates.isEmpty()) {
            throw new CertificateException("holds no certificate");
        }
        return certificates;
    }

    /** The one key in this text; nothing of it is in an error. */
    static PrivateKey key(byte[] text) throws GeneralSecurityException {
        for (Block block : blocks(text)) {
            switch (block.type()) {
                case "PRIVATE KEY" -> {
                    return key(block.content(), "RSA", "EC", "Ed25519");
                }
                case "RSA PRIVATE KEY" -> {
                    return key(sequence(VERSION, RSA, der(OCTETS, block.content())), "RSA");
                }
                case "EC PRIVATE KEY" -> {
                    byte[] algorithm = sequence(EC, curve(block.content()));
                    return key(sequence(VERSION, algorithm, der(OCTETS, block.content())), "EC");
                }
                case "ENCRYPTED PRIVATE KEY" ->
                    throw new InvalidKeyException("holds a key under a password; expected one without");
                default -> {}
            }
        }
        throw new InvalidKeyException("holds no private key");
    }

    /** Whether what this key signs, this certificate proves. */
    static boolean belongTogether(PrivateKey key, X509Certificate certificate) throws GeneralSecurityException {
        if (!key.getAlgorithm().equals(certificate.getPublicKey().getAlgorithm())) {
            return false;
        }
        Signature signature = Signature.getInstance(
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> key.getAlgorithm();
                });
        byte[] anything = {1, 2, 3};
        signature.initSign(key);
        signature.update(anything);
        byte[] signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        signature.update(anything);
        return signature.verify(signed);
    }

    private static List<Block> blocks(byte[] bytes) throws GeneralSecurityException {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        Matcher matcher = BLOCK.matcher(text);
        List<Block> blocks = new ArrayList<>();
        while (matcher.find()) {
            try {
                blocks.add(new Block(
                        matcher.group(1),
                        Base64.getDecoder().decode(matcher.group(2).replaceAll("\\s", ""))));
            } catch (IllegalArgumentException e) {
                // The cause would repeat a character of the key.
                throw new GeneralSecurityException("is damaged PEM");
            }
        }
        if (text.split("-----BEGIN ", -1).length - 1 != blocks.size()) {
            throw new GeneralSecurityException("breaks off within PEM");
        }
        return blocks;
    }

    private static PrivateKey key(byte[] pkcs8, String... algorithms) throws GeneralSecurityException {
        for (String algorithm : algorithms) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (InvalidKeySpecException e) {
                // Of another algorithm, or damaged: told below.
            }
        }
        throw new InvalidKeyException("holds no key of RSA, EC or Ed25519");
    }

    /** The name of the curve out of a key by SEC 1: version, key, and this under a tag of its own. */
    private static byte[] curve(byte[] sec1) throws GeneralSecurityException {
        try {
            ByteBuffer whole = content(ByteBuffer.wrap(sec1), SEQUENCE);
            content(whole, 0x02);
            content(whole, OCTETS);
            ByteBuffer curve = content(whole, CURVE);
            byte[] name = new byte[curve.remaining()];
            curve.get(name);
            return name;
        } catch (RuntimeException e) {
            throw new InvalidKeyException("holds an EC key that does not name its curve");
        }
    }

    private static ByteBuffer content(ByteBuffer in, int tag) {
        if ((in.get() & 0xff) != tag) {
            throw new IllegalArgumentException("another tag");
        }
        int length = in.get() & 0xff;
        if (length > 0x80) {
            int bytes = length - 0x80;
            length = 0;
            for (int i = 0; i < bytes; i++) {
                length = length << 8 | in.get() & 0xff;
            }
        }
        ByteBuffer content = in.slice(in.position(), length);
        in.position(in.position() + length);
        return content;
    }

    private static byte[] sequence(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return der(SEQUENCE, all.toByteArray());
    }

    private static byte[] der(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else if (content.length < 0x100) {
            out.write(0x81);
            out.write(content.length);
        } else {
            out.write(0x82);
            out.write(content.length >> 8);
            out.write(content.length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }
}
