package io.quorate.simulator.etcd;

import io.etcd.jetcd.api.AlarmMember;
import io.etcd.jetcd.api.AlarmRequest;
import io.etcd.jetcd.api.AlarmResponse;
import io.etcd.jetcd.api.AlarmType;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.quorate.simulator.model.Cluster;
import io.quorate.simulator.model.Member;
import io.quorate.simulator.model.Release;
import io.quorate.simulator.model.StatusAnswer;

/** The status, which only reads, and the list of alarms, which is a write. */
final class MaintenanceFace extends MaintenanceGrpc.MaintenanceImplBase {

    private final Door door;

    MaintenanceFace(Door door) {
        this.door = door;
    }

    @Override
    public void status(StatusRequest request, StreamObserver<StatusResponse> caller) {
        door.answer(caller, (cluster, member) -> response(cluster.status(member)));
    }

    private static StatusResponse response(StatusAnswer answer) {
        return StatusResponse.newBuilder()
                .setHeader(ResponseHeader.newBuilder()
                        .setClusterId(answer.clusterId())
                        .setMemberId(answer.memberId())
                        .setRevision(answer.revision())
                        .setRaftTerm(answer.headerTerm()))
                .setVersion(answer.version())
                .setDbSize(answer.dbSize())
                .setDbSizeInUse(answer.dbSizeInUse())
                .setLeader(answer.leader())
                .setRaftIndex(answer.raftIndex())
                .setRaftAppliedIndex(answer.raftAppliedIndex())
                .setRaftTerm(answer.raftTerm())
                .addAllErrors(answer.errors())
                .build();
    }

    @Override
    public void alarm(AlarmRequest request, StreamObserver<AlarmResponse> caller) {
        if (request.getAction() != AlarmRequest.AlarmAction.GET) {
            caller.onError(Status.UNIMPLEMENTED
                    .withDescription("the simulator only lists alarms; a plan's fault disarm clears them")
                    .asRuntimeException());
            return;
        }
        door.answer(caller, MaintenanceFace::alarms);
    }

    private static AlarmResponse alarms(Cluster cluster, Member member) {
        if (!cluster.listAlarms(member)) {
            throw Status.UNAVAILABLE
                    .withDescription("etcdserver: request timed out")
                    .asRuntimeException();
        }
        AlarmResponse.Builder response = AlarmResponse.newBuilder();
        // etcd 3.4 forgets the header here.
        if (cluster.shape().release().atLeast(Release.V3_5)) {
            response.setHeader(ResponseHeader.newBuilder()
                    .setClusterId(cluster.id())
                    .setMemberId(member.id())
                    .setRevision(cluster.revision())
                    .setRaftTerm(member.term()));
        }
        cluster.alarmedMembers()
                .forEach(alarmed -> response.addAlarms(
                        AlarmMember.newBuilder().setMemberID(alarmed).setAlarm(AlarmType.NOSPACE)));
        return response.build();
    }
}
