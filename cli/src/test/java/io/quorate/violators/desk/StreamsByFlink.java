package io.quorate.violators.desk;

import org.apache.flink.configuration.Configuration;

record StreamsByFlink(Configuration configuration) {}
