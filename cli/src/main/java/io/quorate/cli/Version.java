package io.quorate.cli;

import org.apache.flink.runtime.util.EnvironmentInformation;
import picocli.CommandLine.IVersionProvider;

/** What this build is. */
final class Version implements IVersionProvider {

    /** Of this build; of sources that nobody packaged, none. */
    static String ofQuorate() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "unpackaged" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {
            "quorate " + ofQuorate() + " (Flink " + EnvironmentInformation.getVersion() + ", Java "
                    + Runtime.version().feature() + ")"
        };
    }
}
