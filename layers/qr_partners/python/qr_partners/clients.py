"""The bucket that exports go to."""

from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from shared import aws
from shared.errors import Unavailable


@dataclass(frozen=True, slots=True)
class ExportBucket:
    """Serves ports.Files."""

    bucket: str

    def put(self, key: str, content: bytes) -> None:
        try:
            aws.client("s3").put_object(Bucket=self.bucket, Key=key, Body=content)
        except (BotoCoreError, ClientError) as problem:
            raise Unavailable("storage_unavailable") from problem
