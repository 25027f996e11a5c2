package io.quorate.simulator.model;

/** What a process counts since it started; a restart begins with new ones. */
final class Counters {

    long leaderChangesSeen;
    long proposalsFailed;
    long heartbeatSendFailures;
    long slowApplies;
    long slowReadIndexes;
    long readIndexesFailed;
    long puts;
    long putBytes;
    long ranges;
    long compactions;
    long alarmCalls;
    long statusCalls;
    long memberListCalls;
    long defragmentations;
    long walBytes;
    long entries;
    long healthSuccesses;
    long healthFailures;
    long events;
    long compactedKeys;
    long scrapes;
    long clientSentBytes;
    long clientReceivedBytes;
    double cpuSeconds;
    final long[] peerSentBytes;
    final long[] peerReceivedBytes;
    final long[] peerSendFailures;
    final long[] disconnections;
    final Tally[] peerRoundTrip;

    final Tally walFsync = new Tally(Edges.DISK);
    final Tally walWrite = new Tally(Edges.DISK);
    final Tally commit = new Tally(Edges.DISK);
    final Tally commitRebalance = new Tally(Edges.DISK);
    final Tally commitSpill = new Tally(Edges.DISK);
    final Tally commitWrite = new Tally(Edges.DISK);
    final Tally defragmentation = new Tally(Edges.DEFRAGMENTATION);
    final Tally compactionMillis = new Tally(Edges.COMPACTION_MILLIS);
    final Tally compactionPauseMillis = new Tally(Edges.PAUSE_MILLIS);
    final Tally applyPut = new Tally(Edges.APPLY);
    final Tally rangeTime = new Tally(Edges.APPLY);
    final Tally handledPut = new Tally(Edges.RPC);
    final Tally handledRange = new Tally(Edges.RPC);

    Counters(int members) {
        peerSentBytes = new long[members];
        peerReceivedBytes = new long[members];
        peerSendFailures = new long[members];
        disconnections = new long[members];
        peerRoundTrip = new Tally[members];
        for (int i = 0; i < members; i++) {
            peerRoundTrip[i] = new Tally(Edges.PEER);
        }
    }
}
