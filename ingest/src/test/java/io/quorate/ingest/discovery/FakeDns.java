package io.quorate.ingest.discovery;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Answers for SRV records that it was given, and knows no other name. */
final class FakeDns implements AutoCloseable {

    private static final int SRV = 33;
    private static final int INTERNET = 1;
    private static final int NO_SUCH_NAME = 3;

    /** Where a service is. */
    record Service(String host, int port) {}

    private final DatagramSocket socket;
    private final Map<String, List<Service>> records;

    FakeDns(Map<String, List<Service>> records) throws IOException {
        this.records = records;
        this.socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::serve, "fake-dns");
        thread.setDaemon(true);
        thread.start();
    }

    String address() {
        return "127.0.0.1:" + socket.getLocalPort();
    }

    private void serve() {
        byte[] buffer = new byte[1500];
        while (!socket.isClosed()) {
            DatagramPacket question = new DatagramPacket(buffer, buffer.length);
            try {
                socket.receive(question);
                byte[] answer = answer(question);
                socket.send(new DatagramPacket(answer, answer.length, question.getSocketAddress()));
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private byte[] answer(DatagramPacket question) throws IOException {
        byte[] asked = question.getData();
        StringBuilder name = new StringBuilder();
        int at = 12;
        for (; asked[at] != 0; at += asked[at] + 1) {
            name.append(name.length() == 0 ? "" : ".")
                    .append(new String(asked, at + 1, asked[at], StandardCharsets.US_ASCII));
        }
        int end = at + 5;
        List<Service> services = records.getOrDefault(name.toString(), List.of());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(asked, 0, 2);
        out.writeShort(0x8180 | (services.isEmpty() ? NO_SUCH_NAME : 0));
        out.writeShort(1);
        out.writeShort(services.size());
        out.writeInt(0);
        out.write(asked, 12, end - 12);
        for (Service service : services) {
            ByteArrayOutputStream host = new ByteArrayOutputStream();
            for (String part : service.host().split("\\.")) {
                host.write(part.length());
                host.write(part.getBytes(StandardCharsets.US_ASCII));
            }
            host.write(0);
            out.writeShort(0xc00c);
            out.writeShort(SRV);
            out.writeShort(INTERNET);
            out.writeInt(60);
            out.writeShort(6 + host.size());
            out.writeShort(0);
            out.writeShort(0);
            out.writeShort(service.port());
            host.writeTo(out);
        }
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        socket.close();
    }
}
