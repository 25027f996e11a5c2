package io.quorate.ingest.discovery;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.InitialDirContext;
import org.jspecify.annotations.Nullable;

/**
 * SRV records, as etcd's own DNS discovery has them: {@code _etcd-client._tcp.example.com}.
 *
 * @param server such as {@code 10.0.0.2:53}; null for the system's
 */
public record DnsGroups(String record, @Nullable String server) implements Groups {

    private static final long serialVersionUID = 1;

    @Override
    public String name() {
        return "dns-srv " + record;
    }

    // The JDK's provider of DNS gives text, never objects.
    @SuppressWarnings("BanJNDI")
    @Override
    public List<Group> find(List<String> problems) throws IOException {
        Hashtable<String, String> environment = new Hashtable<>();
        environment.put("java.naming.factory.initial", "com.sun.jndi.dns.DnsContextFactory");
        environment.put("java.naming.provider.url", "dns://" + (server == null ? "" : server));
        environment.put("com.sun.jndi.dns.timeout.initial", "2000");
        environment.put("com.sun.jndi.dns.timeout.retries", "2");
        List<String> targets = new ArrayList<>();
        try {
            InitialDirContext dns = new InitialDirContext(environment);
            try {
                Attribute answers =
                        dns.getAttributes(record, new String[] {"SRV"}).get("SRV");
                for (int i = 0; answers != null && i < answers.size(); i++) {
                    // Priority, weight, port, host.
                    String[] words = String.valueOf(answers.get(i)).split(" ");
                    if (words.length == 4) {
                        targets.add(words[3].replaceFirst("\\.$", "") + ":" + words[2]);
                    } else {
                        problems.add(record + ": " + answers.get(i) + " is no SRV record");
                    }
                }
            } finally {
                dns.close();
            }
        } catch (NameNotFoundException e) {
            throw new IOException("DNS knows no " + record + "; expected SRV records of that name", e);
        } catch (NamingException e) {
            throw new IOException("DNS cannot be asked for " + record + ": " + e.getMessage(), e);
        }
        return List.of(new Group(targets, Map.of()));
    }
}
