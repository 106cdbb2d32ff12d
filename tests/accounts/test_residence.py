"""What a host's own name says about where it stands."""

import pytest

from accounts import residence


@pytest.mark.parametrize(
    ("host", "named"),
    [
        ("rm-1.mysql.ap-southeast-1.rds.aliyuncs.com", "ap-southeast-1"),
        ("papers.oss-cn-hangzhou.aliyuncs.com", ""),
        ("papers.oss-cn-hongkong.aliyuncs.com", "cn-hongkong"),
        ("papers.oss-us-west-1.aliyuncs.com", "us-west-1"),
        ("rm-1.cn-hangzhou.rds.aliyuncs.com", ""),
        ("papers-125.cos.ap-singapore.myqcloud.com", "ap-singapore"),
        ("papers-125.cos.ap-guangzhou.myqcloud.com", ""),
        ("db.cn-north-1.rds.amazonaws.com.cn", ""),
        ("db.us-east-1.rds.amazonaws.com", "us-east-1"),
        ("S3.AMAZONAWS.COM", ".amazonaws.com"),
        ("faceid.intl.tencentcloudapi.com", "intl"),
        ("faceid.tencentcloudapi.com", ""),
        ("database", ""),
        ("127.0.0.1", ""),
        ("", ""),
    ],
)
def test_a_host_that_names_a_region_outside_the_mainland_is_known(host, named):
    assert residence.abroad(host) == named
