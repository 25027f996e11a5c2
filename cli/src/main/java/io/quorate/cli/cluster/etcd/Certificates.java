package io.quorate.cli.cluster.etcd;

import io.quorate.desk.PartUnavailable;
import io.quorate.ingest.transport.Tls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A small authority of one cluster, with what it issued to the members and to their clients, by the machine's openssl. */
record Certificates(Path folder) {

    private static final String DAYS = "3650";
    private static final List<String> NEW_KEY =
            List.of("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes");

    Path ca() {
        return folder.resolve("ca.pem");
    }

    Path server() {
        return folder.resolve("server.pem");
    }

    Path serverKey() {
        return folder.resolve("server-key.pem");
    }

    Path client() {
        return folder.resolve("client.pem");
    }

    Path clientKey() {
        return folder.resolve("client-key.pem");
    }

    /** As clients of the cluster need it. */
    Tls forClients() {
        return new Tls(ca().toString(), client().toString(), clientKey().toString(), null, false);
    }

    /** Makes what is not there yet. */
    void make() throws IOException, InterruptedException {
        if (Files.exists(client())) { // the last one made
            return;
        }
        Files.createDirectories(folder);
        Path caKey = folder.resolve("ca-key.pem");
        openssl(
                List.of("req", "-x509", "-days", DAYS, "-subj", "/CN=quorate local etcd"),
                NEW_KEY,
                List.of("-keyout", caKey.toString(), "-out", ca().toString()));
        issue("server", "localhost", caKey, server(), serverKey());
        issue("client", "client", caKey, client(), clientKey());
    }

    private void issue(String what, String subject, Path caKey, Path certificate, Path key)
            throws IOException, InterruptedException {
        Path request = folder.resolve(what + ".csr");
        // No extended usage: etcd's gateway shows the server's certificate to etcd itself, as a client.
        openssl(
                List.of("req", "-subj", "/CN=" + subject, "-addext", "subjectAltName=DNS:" + subject + ",IP:127.0.0.1"),
                NEW_KEY,
                List.of("-keyout", key.toString(), "-out", request.toString()));
        openssl(
                List.of("x509", "-req", "-days", DAYS, "-copy_extensions", "copy"),
                List.of("-CA", ca().toString(), "-CAkey", caKey.toString(), "-CAcreateserial"),
                List.of("-in", request.toString(), "-out", certificate.toString()));
        Files.delete(request);
    }

    @SafeVarargs
    private static void openssl(List<String>... arguments) throws InterruptedException {
        List<String> command = new ArrayList<>(List.of("openssl"));
        for (List<String> some : arguments) {
            command.addAll(some);
        }
        try {
            Process openssl =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(openssl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (openssl.waitFor() != 0) {
                throw new PartUnavailable("openssl could not make certificates: " + said.strip()
                        + "; it needs OpenSSL 3.0 or newer; start without --tls, or put a newer one on PATH");
            }
        } catch (IOException e) {
            throw new PartUnavailable("openssl, which makes the certificates, cannot be run: " + e.getMessage()
                    + "; bring it with: apt-get install openssl; or start without --tls");
        }
    }
}
