package io.quorate.cli.cluster.etcd;

import io.quorate.desk.Home;
import java.nio.file.Path;
import java.time.Clock;

/** The process that keeps one etcd cluster; ends when told to. */
final class EtcdKeeperMain {

    private EtcdKeeperMain() {}

    /** Gets the home's root and the cluster's name. */
    public static void main(String[] arguments) throws Exception {
        KeptEtcd cluster = new KeptEtcd(Home.at(Path.of(arguments[0])), arguments[1]);
        cluster.keeper().keep(new MembersCare(cluster, Clock.systemUTC()));
    }
}
