import io.quorate.desk.Home;
import io.quorate.desk.Parts;

/** Prints where the Prometheus of a line, such as 3.5, is; fetches it first when it is not there. */
final class Part {

    private Part() {}

    public static void main(String[] args) {
        System.out.println(Parts.of(Home.current()).prometheus(args[0]));
    }
}
