package io.quorate.sinks.receivers.http;

import io.quorate.sinks.receivers.Terms;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import javax.net.SocketFactory;

/**
 * Where a receiver may be. A name is looked up once and what is connected to is what was checked, at the moment of connecting:
 * a name that leads elsewhere a moment later changes nothing, and neither does the notation of a number.
 *
 * <p>Nothing leads to link-local, metadata, multicast and unspecified addresses. Loopback and private networks are reached when
 * the settings allow it, or when somebody has written such an address as a number.
 *
 * @param withPrivate whether loopback and private networks may be reached
 */
public record Destinations(boolean withPrivate) {

    private static final Pattern DOTTED = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

    private static final List<Block> NEVER = List.of(
            Block.of("0.0.0.0/8"),
            Block.of("169.254.0.0/16"),
            Block.of("224.0.0.0/4"),
            Block.of("240.0.0.0/4"),
            // Where clouds tell machines their keys, outside of link-local.
            Block.of("100.100.100.200/32"),
            Block.of("168.63.129.16/32"),
            Block.of("192.0.0.192/32"),
            Block.of("::/128"),
            Block.of("fe80::/10"),
            Block.of("ff00::/8"),
            Block.of("fd00:ec2::254/128"),
            Block.of("fd20:ce::254/128"));

    private static final List<Block> PRIVATE = List.of(
            Block.of("127.0.0.0/8"),
            Block.of("10.0.0.0/8"),
            Block.of("172.16.0.0/12"),
            Block.of("192.168.0.0/16"),
            Block.of("100.64.0.0/10"),
            Block.of("192.0.0.0/24"),
            Block.of("198.18.0.0/15"),
            Block.of("::1/128"),
            Block.of("fc00::/7"),
            Block.of("fec0::/10"),
            Block.of("64:ff9b:1::/48"));

    /** Blocks of version 6 that carry an address of version 4, and the byte where it begins. */
    private static final List<Carrier> CARRIERS = List.of(
            new Carrier(Block.of("::/96"), 12),
            new Carrier(Block.of("::ffff:0:0:0/96"), 12),
            new Carrier(Block.of("64:ff9b::/96"), 12),
            new Carrier(Block.of("64:ff9b:1::/48"), 12),
            new Carrier(Block.of("2002::/16"), 2));

    private static final Block TEREDO = Block.of("2001::/32");
    private static final int MAPPED_LENGTH = 12;

    /** Those of a receiver on this host, as it is written in its settings. */
    public static Destinations of(String host, Terms terms) {
        return new Destinations(terms.allowPrivate() || isWrittenOut(host));
    }

    /** Refuses an address that must not be connected to. */
    public void check(InetAddress address) throws DestinationRefused {
        for (byte[] meant : meanings(address)) {
            if (isIn(NEVER, meant)) {
                throw new DestinationRefused(
                        "its address is link-local, of a cloud's metadata, multicast or unspecified, where no receiver is;"
                                + " expected another one");
            }
            if (!withPrivate && isIn(PRIVATE, meant)) {
                throw new DestinationRefused(
                        "its name leads to loopback or a private network; set allow-private: true if that is meant");
            }
        }
    }

    /** Makes sockets that connect to what {@link #check} lets through, directly and by no proxy. */
    public SocketFactory sockets() {
        return sockets(made -> {});
    }

    /** The same for somebody who wants to know of each. */
    public SocketFactory sockets(Consumer<Socket> watcher) {
        return new CheckingSockets(this, watcher);
    }

    private static boolean isWrittenOut(String host) {
        return host.equalsIgnoreCase("localhost")
                || host.indexOf(':') >= 0
                || DOTTED.matcher(host).matches();
    }

    private static boolean isIn(List<Block> blocks, byte[] address) {
        return blocks.stream().anyMatch(block -> block.holds(address));
    }

    /** The address itself, and those that somebody on the way may take it for. */
    private static List<byte[]> meanings(InetAddress address) {
        byte[] bytes = address.getAddress();
        List<byte[]> meanings = new ArrayList<>();
        if (!(address instanceof Inet6Address)) {
            meanings.add(bytes);
            return meanings;
        }
        if (isMapped(bytes)) {
            meanings.add(four(bytes, MAPPED_LENGTH));
            return meanings;
        }
        meanings.add(bytes);
        for (Carrier carrier : CARRIERS) {
            if (carrier.block.holds(bytes) && !isSmall(bytes)) {
                meanings.add(four(bytes, carrier.at));
            }
        }
        if (TEREDO.holds(bytes)) {
            byte[] client = four(bytes, MAPPED_LENGTH);
            for (int i = 0; i < client.length; i++) {
                client[i] = (byte) ~client[i];
            }
            meanings.add(client);
            meanings.add(four(bytes, 4));
        }
        if ((bytes[8] & ~2) == 0 && bytes[9] == 0 && bytes[10] == 0x5e && bytes[11] == (byte) 0xfe) {
            meanings.add(four(bytes, MAPPED_LENGTH)); // ISATAP
        }
        return meanings;
    }

    /** {@code ::} and {@code ::1} carry nothing. */
    private static boolean isSmall(byte[] bytes) {
        for (int i = 0; i < bytes.length - 1; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return bytes[bytes.length - 1] <= 1 && bytes[bytes.length - 1] >= 0;
    }

    private static boolean isMapped(byte[] bytes) {
        for (int i = 0; i < 10; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return bytes[10] == (byte) 0xff && bytes[11] == (byte) 0xff;
    }

    private static byte[] four(byte[] bytes, int from) {
        return new byte[] {bytes[from], bytes[from + 1], bytes[from + 2], bytes[from + 3]};
    }

    /** Version 6 that carries version 4. */
    private record Carrier(Block block, int at) {}

    /** Addresses that begin alike. */
    private static final class Block {

        private final byte[] beginning;
        private final int bits;

        private Block(byte[] beginning, int bits) {
            this.beginning = beginning;
            this.bits = bits;
        }

        static Block of(String written) {
            int slash = written.indexOf('/');
            try {
                // A number: nothing is looked up.
                InetAddress address = InetAddress.getByName(written.substring(0, slash));
                return new Block(address.getAddress(), Integer.parseInt(written.substring(slash + 1)));
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException(written + " is no block of addresses", e);
            }
        }

        boolean holds(byte[] address) {
            if (address.length != beginning.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> (bit % 8);
                if ((address[bit / 8] & mask) != (beginning[bit / 8] & mask)) {
                    return false;
                }
            }
            return true;
        }
    }
}
