"""What the demo's citizens write and its offices answer: made up, and about nobody."""

from __future__ import annotations

from typing import NamedTuple

from feedback.models import Petition

RULES, STAFF, OTHER = Petition.Kind.RULES, Petition.Kind.STAFF, Petition.Kind.OTHER


class Letter(NamedTuple):
    """A petition's class, subject and text, and what is answered."""

    kind: str
    subject: str
    body: str
    answer: str


LETTERS = (
    Letter(
        RULES,
        "Hồ sơ yêu cầu giấy tờ đã có trong cơ sở dữ liệu dân cư",
        "Tôi nộp hồ sơ trực tuyến nhưng vẫn bị yêu cầu nộp bản sao căn cước, trong khi thông tin này đã có "
        "trong cơ sở dữ liệu quốc gia về dân cư. Đề nghị bỏ yêu cầu này.",
        "Phản ánh của ông/bà là đúng. Bộ phận một cửa đã được quán triệt khai thác dữ liệu dân cư, không "
        "yêu cầu nộp bản sao căn cước đối với thủ tục này.",
    ),
    Letter(
        RULES,
        "Quá ngày hẹn trả kết quả mà chưa nhận được thông báo",
        "Hồ sơ của tôi đã quá ngày hẹn ghi trên phiếu nhưng chưa có kết quả, tra cứu trên mạng vẫn ghi đang "
        "xử lý. Tôi đã đến hai lần mà không ai cho biết lý do.",
        "Hồ sơ chậm do phải xác minh thông tin tại đơn vị khác. Cơ quan đã gửi phiếu xin lỗi và hẹn lại ngày "
        "trả; kết quả sẽ được gửi đến tận nơi qua dịch vụ bưu chính, không thu phí.",
    ),
    Letter(
        RULES,
        "Thanh toán trực tuyến báo lỗi nhiều lần",
        "Khi thanh toán lệ phí trên cổng dịch vụ công, hệ thống báo lỗi nhưng tài khoản vẫn bị trừ tiền. "
        "Tôi phải nộp lại bằng tiền mặt.",
        "Khoản thu trùng đã được hoàn về tài khoản. Đơn vị vận hành đã khắc phục lỗi kết nối với cổng thanh "
        "toán; ông/bà không cần nộp thêm giấy tờ nào.",
    ),
    Letter(
        RULES,
        "Mẫu đơn trên mạng khác mẫu đơn tại bộ phận một cửa",
        "Mẫu đơn tôi tải trên cổng dịch vụ công không được chấp nhận, cán bộ yêu cầu viết lại theo mẫu khác.",
        "Mẫu đơn trên cổng là mẫu đang có hiệu lực. Cơ quan đã thu hồi mẫu cũ tại bộ phận một cửa và xin lỗi "
        "về sự bất tiện này.",
    ),
    Letter(
        RULES,
        "Đề nghị rút ngắn thời gian cấp bản sao trích lục hộ tịch",
        "Việc cấp bản sao trích lục chỉ cần tra cứu trên hệ thống nhưng phải hẹn đến ba ngày. Đề nghị trả "
        "ngay trong ngày.",
        "Từ tháng này, yêu cầu nhận trước 15 giờ được trả ngay trong ngày làm việc. Quy trình nội bộ đã được "
        "sửa đổi và niêm yết công khai.",
    ),
    Letter(
        RULES,
        "Không rõ phí, lệ phí phải nộp",
        "Thông tin về lệ phí trên trang của cơ quan và trên bảng niêm yết không giống nhau, tôi không biết "
        "phải nộp bao nhiêu.",
        "Mức lệ phí đúng là mức niêm yết tại bộ phận một cửa. Thông tin trên trang đã được cập nhật lại cho "
        "thống nhất.",
    ),
    Letter(
        STAFF,
        "Cán bộ tiếp nhận không hướng dẫn đầy đủ trong một lần",
        "Tôi phải đi lại ba lần vì mỗi lần cán bộ lại yêu cầu bổ sung thêm một loại giấy tờ khác nhau.",
        "Cơ quan đã kiểm điểm, yêu cầu hướng dẫn đầy đủ trong một lần bằng phiếu. Hồ sơ của ông/bà được ưu "
        "tiên giải quyết và đã có kết quả.",
    ),
    Letter(
        STAFF,
        "Quầy tiếp nhận không có người trong giờ làm việc",
        "Khoảng 14 giờ tôi đến bộ phận một cửa nhưng quầy không có ai, phải chờ hơn một giờ mới có người.",
        "Lãnh đạo đã rà soát qua hệ thống camera, phân công người trực thay ở từng quầy và công khai số điện "
        "thoại của người phụ trách ca trực.",
    ),
    Letter(
        STAFF,
        "Thái độ giao tiếp chưa đúng mực khi hướng dẫn nộp trực tuyến",
        "Mẹ tôi lớn tuổi không quen nộp trực tuyến, cán bộ hướng dẫn gắt gỏng và bảo về nhờ người khác làm.",
        "Cơ quan xin lỗi gia đình. Bộ phận một cửa đã bố trí bàn hỗ trợ riêng cho người cao tuổi, do đoàn "
        "viên thanh niên trực hằng ngày.",
    ),
    Letter(
        STAFF,
        "Khen bộ phận một cửa làm việc cả sáng thứ Bảy",
        "Nhờ làm việc sáng thứ Bảy nên công nhân chúng tôi không phải nghỉ làm. Mong được duy trì.",
        "Cảm ơn ý kiến của ông/bà. Lịch làm việc sáng thứ Bảy sẽ tiếp tục được duy trì.",
    ),
    Letter(
        OTHER,
        "Chỗ ngồi chờ chật, không có lối cho xe lăn",
        "Phòng chờ của bộ phận một cửa chật, không có lối đi cho người dùng xe lăn.",
        "Đã bố trí thêm ghế và làm đường dốc ở cửa phụ. Người khuyết tật được ưu tiên gọi số trước.",
    ),
    Letter(
        OTHER,
        "Máy lấy số hay hỏng vào buổi sáng",
        "Máy lấy số thường không hoạt động vào đầu giờ sáng, mọi người chen lấn trước quầy.",
        "Máy đã được thay mới; khi có sự cố, nhân viên sẽ phát số bằng tay theo thứ tự đến.",
    ),
)

SUPPLEMENT_ASKED = "Đề nghị cho biết ngày đến bộ phận một cửa và tên thủ tục để cơ quan kiểm tra."
SUPPLEMENT_GIVEN = "Tôi đến sáng thứ Hai tuần trước, khoảng 9 giờ, để nộp hồ sơ trực tuyến tại quầy số 2."
COMPLAINT = "Trả lời chưa nêu ai chịu trách nhiệm và bao giờ thì xong. Đề nghị xem xét lại."
SECOND_ANSWER = "Cơ quan đã kiểm tra lại: việc chậm do lỗi của bộ phận tiếp nhận, hồ sơ xong trong tuần."
TRANSFER_REASON = "Nội dung thuộc thẩm quyền giải quyết của cơ quan nhận."
NOTE = "Đã gọi cho bộ phận một cửa kiểm tra sổ theo dõi, chờ báo cáo bằng văn bản."
CLOSED = "Nội dung chỉ liên quan đến một hồ sơ cá nhân."
REFUSALS = (
    (
        Petition.Refusal.NOT_ADMINISTRATIVE,
        "Nội dung không thuộc phạm vi quy định hành chính; đề nghị liên hệ đơn vị cung cấp dịch vụ.",
    ),
    (
        Petition.Refusal.COMPLAINT,
        "Nội dung là khiếu nại, đề nghị gửi đơn theo quy định của Luật Khiếu nại đến người có thẩm quyền.",
    ),
    (Petition.Refusal.ANSWERED, "Nội dung đã được trả lời, không có tình tiết mới."),
)
COMMENTS_GOOD = (
    "Cán bộ hướng dẫn rõ ràng, trả kết quả sớm hơn hẹn.",
    "Nộp trực tuyến rất tiện, không phải đi lại.",
    "Nhanh gọn, thái độ vui vẻ.",
)
COMMENTS_BAD = (
    "Chờ quá lâu, không ai báo lý do chậm.",
    "Phải bổ sung giấy tờ nhiều lần.",
    "Trang nộp hồ sơ hay bị lỗi, phải đến tận nơi.",
)
TEMPLATES = (
    (
        "Cảm ơn và thông báo đã kiểm tra",
        "",
        "{agency} đã nhận được phản ánh {code} gửi ngày {received}. Cơ quan trả lời như sau:\n\n",
    ),
    (
        "Xin lỗi vì trả kết quả chậm",
        RULES,
        "{agency} xin lỗi ông/bà vì đã để quá hạn hồ sơ thủ tục {procedure}. Nguyên nhân và hạn mới:\n\n",
    ),
    (
        "Tiếp thu ý kiến về thái độ phục vụ",
        STAFF,
        "{agency} cảm ơn phản ánh của ông/bà về thái độ phục vụ. Sau khi làm việc với bộ phận liên quan:\n\n",
    ),
)
