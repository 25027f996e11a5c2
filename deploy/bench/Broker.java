import io.quorate.desk.Home;
import io.quorate.desk.KafkaBroker;

/** A broker of Quorate's own for a benchmark, until standard input ends. Prints its address. */
final class Broker {

    private Broker() {}

    public static void main(String[] args) throws Exception {
        try (KafkaBroker broker = KafkaBroker.start(Home.current(), "bench-kafka", 0)) {
            System.out.println(broker.bootstrap());
            System.in.transferTo(java.io.OutputStream.nullOutputStream());
        }
    }
}
