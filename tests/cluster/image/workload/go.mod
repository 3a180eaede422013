module wardgate.dev/tests/cluster/image/workload

go 1.24
