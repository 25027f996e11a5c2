package io.quorate.simulator.etcd;

import io.etcd.jetcd.api.ClusterGrpc;
import io.etcd.jetcd.api.MemberListRequest;
import io.etcd.jetcd.api.MemberListResponse;
import io.etcd.jetcd.api.ResponseHeader;
import io.grpc.stub.StreamObserver;
import io.quorate.simulator.model.Cluster;
import io.quorate.simulator.model.Member;
import java.util.Comparator;
import java.util.List;

/** Who belongs to the cluster, in the order of their ids. */
final class ClusterFace extends ClusterGrpc.ClusterImplBase {

    private final Door door;
    private final List<Door> members;

    /** The doors of all members must have been opened before somebody asks. */
    ClusterFace(Door door, List<Door> members) {
        this.door = door;
        this.members = members;
    }

    @Override
    public void memberList(MemberListRequest request, StreamObserver<MemberListResponse> caller) {
        door.answer(caller, this::list);
    }

    private MemberListResponse list(Cluster cluster, Member asked) {
        cluster.memberList(asked);
        MemberListResponse.Builder response = MemberListResponse.newBuilder()
                .setHeader(ResponseHeader.newBuilder()
                        .setClusterId(cluster.id())
                        .setMemberId(asked.id())
                        .setRaftTerm(asked.term()));
        members.stream()
                .sorted(Comparator.comparing(each -> each.seat().member().id(), Long::compareUnsigned))
                .forEach(each -> response.addMembers(io.etcd.jetcd.api.Member.newBuilder()
                        .setID(each.seat().member().id())
                        .setName(each.seat().member().name())
                        .addPeerURLs("http://" + cluster.name() + "-"
                                + each.seat().member().name() + ".simulated:2380")
                        .addClientURLs(each.url())));
        return response.build();
    }
}
