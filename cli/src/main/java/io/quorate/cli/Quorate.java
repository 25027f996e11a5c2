package io.quorate.cli;

import io.quorate.cli.alerting.AckCommand;
import io.quorate.cli.alerting.AlertsCommand;
import io.quorate.cli.alerting.RoutesCommand;
import io.quorate.cli.alerting.SilenceCommand;
import io.quorate.cli.backtest.BacktestCommand;
import io.quorate.cli.cluster.ClusterCommand;
import io.quorate.cli.demo.DemoCommand;
import io.quorate.cli.rules.RulesCommand;
import io.quorate.cli.simulate.SimulateCommand;
import io.quorate.desk.PartUnavailable;
import io.quorate.jobs.backtest.HistoryUnreachable;
import io.quorate.jobs.kafka.KafkaUnreachable;
import io.quorate.rules.yaml.InvalidYaml;
import io.quorate.sinks.clickhouse.ClickHouseRefused;
import io.quorate.sinks.clickhouse.ClickHouseUnreachable;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command: verbs, and what their ends mean to whoever called. */
@Command(
        name = "quorate",
        description = "Streaming performance analytics for fleets of etcd clusters.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            DemoCommand.class,
            RunCommand.class,
            BacktestCommand.class,
            SimulateCommand.class,
            DoctorCommand.class,
            RulesCommand.class,
            QueryCommand.class,
            VerifyCommand.class,
            ReconcileCommand.class,
            AlertsCommand.class,
            AckCommand.class,
            SilenceCommand.class,
            RoutesCommand.class,
            DeadLettersCommand.class,
            ClusterCommand.class,
            CleanCommand.class
        },
        footer = {
            "",
            "Also: quorate test runs the project's tests.",
            "Exit codes: 0 done, 1 what was asked for did not hold, 2 bad settings or arguments, 3 a part is out of reach."
        })
public final class Quorate {

    static final int DID_NOT_HOLD = 1;
    static final int BAD_SETTINGS = 2;
    static final int OUT_OF_REACH = 3;

    @Option(names = "--debug", description = "Show stack traces of errors.", scope = ScopeType.INHERIT)
    private boolean debug;

    private Quorate() {}

    public static void main(String[] args) {
        System.exit(run(args));
    }

    static int run(String... args) {
        Quorate quorate = new Quorate();
        CommandLine commands = new CommandLine(quorate);
        commands.setExecutionExceptionHandler((problem, command, parsed) -> quorate.tell(problem, command));
        commands.setCaseInsensitiveEnumValuesAllowed(true);
        if (args.length == 0) {
            commands.usage(System.out);
            return 0;
        }
        return commands.execute(args);
    }

    private int tell(Exception problem, CommandLine command) {
        if (debug) {
            problem.printStackTrace(command.getErr());
        }
        if (problem instanceof InvalidYaml || problem instanceof IllegalArgumentException) {
            command.getErr().println(problem.getMessage());
            return BAD_SETTINGS;
        }
        if (problem instanceof PartUnavailable
                || problem instanceof HistoryUnreachable
                || problem instanceof KafkaUnreachable
                || problem instanceof ClickHouseUnreachable
                || problem instanceof ClickHouseRefused) {
            command.getErr().println("quorate: " + problem.getMessage());
            return OUT_OF_REACH;
        }
        String what = problem instanceof IOException ? "a file or connection failed: " : "unexpected: ";
        command.getErr()
                .println("quorate: " + what + problem + "; see .quorate/logs, or run again with --debug and report it");
        return OUT_OF_REACH;
    }
}
