package io.quorate.cli.endtoend;

import io.quorate.cli.stack.QuorateJob;
import io.quorate.desk.Child;
import io.quorate.desk.Home;
import io.quorate.desk.Jvm;
import io.quorate.desk.ParentWatch;
import io.quorate.desk.Processes;
import io.quorate.jobs.JobEnvironment;
import io.quorate.jobs.settings.Settings;
import io.quorate.jobs.settings.SettingsReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/** One job alone, in a process of its own, so that it can be killed while the other jobs run on. */
final class JobProcess {

    private JobProcess() {}

    /** Starts it, from that checkpoint, or with empty state. */
    static Child start(Home home, String job, Path config, @Nullable String checkpoint) {
        List<String> arguments = new ArrayList<>(List.of(job, config.toString()));
        if (checkpoint != null) {
            arguments.add(checkpoint);
        }
        List<String> command = Jvm.own(
                        "-Xmx512m", "-Dlog4j2.configurationFile=flink-log4j2.properties", ParentWatch.flag())
                .forFlink()
                .command(JobProcess.class.getName(), arguments);
        return Processes.spawn(home, job, command, home.logs().resolve(job + ".log"), Map.of());
    }

    public static void main(String[] args) throws Exception {
        ParentWatch.begin();
        Settings settings = SettingsReader.read(Path.of(args[1]));
        Configuration configuration = JobEnvironment.configuration(settings.flink());
        if (args.length > 2) {
            configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, args[2]);
        }
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        env.setParallelism(2);
        QuorateJob job = QuorateJob.named(args[0]);
        job.define(env, settings);
        env.execute(job.nameInFlink());
    }
}
