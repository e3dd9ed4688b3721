package loaders

import (
	"fmt"
	"slices"
	"strings"

	"kith/loaders/identity"
)

// Kind is what the rows of a file are.
type Kind string

// The kinds of files.
const (
	Calls        Kind = "calls"
	Purchases    Kind = "purchases"
	Customers    Kind = "customers"
	Products     Kind = "products"
	Visits       Kind = "visits"
	Contacts     Kind = "contacts"
	Satisfaction Kind = "satisfaction"
	Churn        Kind = "churn"
	Numbers      Kind = "numbers"
)

// Kinds lists all kinds in the order of the help text.
var Kinds = [...]Kind{Calls, Purchases, Customers, Products, Visits, Contacts, Satisfaction, Churn, Numbers}

// Field is something that a kind of row has and that a column may hold.
type Field struct {
	Name string
	// Required fields must be mapped for a file to be read at all, or the
	// field Or in their place.
	Required bool
	Or       string
	// Doc says what the field is and how it may be written.
	Doc string

	// names are the headers that stand for the field, in the form of
	// plainName, the surest first.
	names string
	// shared are headers that stand for another field of the kind, too: what is
	// beneath them tells which.
	shared string
	// spare are headers that stand for the field where no other column does: an
	// e-mail address for a customer.
	spare string
	// sort is what the text must be; it decides how SQL reads it and what a
	// file without a header is guessed by.
	sort fieldSort
	// words are what a field of words may hold.
	words *vocabulary
}

// fieldSort is a sort of text.
type fieldSort uint8

const (
	idField   fieldSort = iota // an id, kept as text
	textField                  // any text, may be empty
	timeField
	numberField
	wordField // one of a few words
)

// Headers that stand for a customer, a product and a time in several kinds.
const (
	customerNames = "externaluserid subscriberkey customer customerid cust custid customerno customernumber customerkey client clientid household householdid " +
		"customeruserid user userid subscriber subscriberid member memberid shopper shopperid buyer buyerid requester requesterid account accountid accountcode accountno person personid msisdn" + customerAbroad
	productNames = "product productid productcode productno sku productsku itemsku lineitemsku variantsku item itemid itemcode itemno stockcode article articleid articleno " +
		"upc ean gtin asin material materialno materialnumber event track movie game genre book" + productAbroad
	// orderNames stand for an order in the exports of a shop whose columns of lines
	// are named so: Lineitem sku beside Name.
	orderNames = "name"
	emailNames = "customeremail buyeremail clientemail consumeremail recipientemail revieweremail useremail contactemail emailaddress email mail" + mailAbroad
	timeNames  = "time timestamp datetime at date ts unixtime epoch eventtime eventdate occurredat createdat created when t" + timeAbroad
)

// Fields lists the fields of a kind.
func (k Kind) Fields() []Field {
	at := Field{Name: "at", sort: timeField, Doc: "when: Unix seconds or milliseconds, ISO 8601, yyyymmdd, or day-first or month-first dates; the date and the time of day may stand in two columns, at=DATE + TIME"}
	customer := Field{Name: "customer", Required: true, sort: idField, Doc: "who", spare: emailNames}
	product := Field{Name: "product", Required: true, sort: idField, Doc: "what", names: productNames + " target to dst destination v node2"}
	switch k {
	case Calls:
		at.names = timeNames + " start starttime startdate startedat started answertime answeredtime connecttime startstamp datetimeorigination setuptime seizuretime recordopeningtime eventtimestamp callstarttime calltime calldate timeofcall dateofcall begin begintime datefrom dateforstartofcharge" + callTimeAbroad
		return []Field{
			{Name: "caller", Required: true, Or: "subscriber", sort: idField, Doc: "who called",
				names: "caller callerid callernumber callingnumber callingparty callingpartynumber calling anumber aparty apartyno apartynumber calleridnumber srcuser callingno callingsubscriber msisdna sender senderid from fromid fromnumber " +
					"source sourceid src srcid origin originator orig usera user1 userida userid1 node1 nodea person1 persona id1 ida u i a" + callerAbroad},
			{Name: "callee", Required: true, Or: "other", sort: idField, Doc: "who was called; a data session may have nobody, or an access point",
				names: "callee calleeid calleenumber callednumber calledparty calledpartynumber called bnumber bparty finalcalledpartynumber originalcalledpartynumber destinationnumber dstuser calledno calledsubscriber msisdnb receiver receiverid recipient recipientid to toid tonumber " +
					"target targetid dst dstid dest destination userb user2 useridb userid2 node2 nodeb person2 personb id2 idb v j b" + calleeAbroad},
			at,
			{Name: "seconds", sort: numberField, Doc: "how long, in seconds; -1 is a missed call",
				names: "seconds duration durations durationsec durationsecs durationsecond durationseconds durationins durs callduration calldurations callseconds chargeableduration chargedduration actualduration talking talkingtime secs sec billsec billseconds talktime length dur" + secondsAbroad},
			{Name: "kind", sort: wordField, words: callKinds, Doc: "voice, message or data",
				names: "kind calltype tipollamada interaction eventtype servicetype recordtype service type" + callKindAbroad},
			{Name: "answered", sort: wordField, words: answers, Doc: "yes or no, or a word such as answered, busy and no answer", names: "answered isanswered connected disposition callstatus callresult actionresult status"},
			{Name: "subscriber", sort: idField, Doc: "whose record it is, in files that record one side of a call",
				names: "subscriber subscriberid msisdn servedmsisdn servednumber servedparty owner ownerid targetno targetnumber", spare: "userid user customerid"},
			{Name: "other", sort: idField, Doc: "the other side of a subscriber's call",
				names: "other otherparty othernumber otherpartynumber peer counterpart counterparty correspondent correspondentid bpartyno bpartynumber remoteparty partner"},
			{Name: "direction", sort: wordField, words: directions, Doc: "which side recorded the call: out is the caller's record, in the callee's",
				names: "direction dir calldirection callflow"},
			{Name: "bytes", sort: numberField, Doc: "how much a data session moved, in bytes, in both directions",
				names: "bytes totalbytes bytestotal databytes byte volume datavolume volumebytes totalvolume octets traffic"},
			{Name: "bytes_up", sort: numberField, Doc: "how much it sent, where that stands by itself; both directions are added up",
				names: "bytesup upbytes upload uploadbytes bytesuploaded uploaded uplink uplinkbytes bytesuplink uplinkvolume volumeuplink volumeup upvolume upstream bytesul ulbytes ulvolume bytesout bytessent sentbytes txbytes datavolumeuplink datavolumegprsuplink"},
			{Name: "bytes_down", sort: numberField, Doc: "how much it got, likewise",
				names: "bytesdown downbytes download downloadbytes bytesdownloaded downloaded downlink downlinkbytes bytesdownlink downlinkvolume volumedownlink volumedown downvolume downstream bytesdl dlbytes dlvolume bytesin bytesreceived receivedbytes rxbytes datavolumedownlink datavolumegprsdownlink"},
		}
	case Purchases:
		customer.names = customerNames + " visitor visitorid source from src u node1"
		at.names = "transactiontimestamp transactiontime transactiondate invoicedate invoicetime purchasedate purchasetime purchasedat orderdate ordertime orderedat boughtat saledate " + timeNames + boughtAbroad
		return []Field{
			customer, product, at,
			{Name: "guest", sort: idField, Doc: "e-mail address of who ordered without being a customer, and is known by it", names: emailNames},
			{Name: "basket", sort: textField, Doc: "receipt or invoice number; a C before it marks a cancellation",
				names: "basket basketid invoice invoiceno invoicenumber invoiceid receipt receiptid receiptno receiptnumber order orderid orderno ordernumber incrementid " +
					"transaction transactionid transactionno transid ticket ticketid cart cartid" + basketAbroad, spare: orderNames},
			{Name: "quantity", sort: numberField, Doc: "units; negative for a return; 1 when there is none",
				names: "quantity qty qtyordered qtysold orderqty quantityordered orderedquantity itemquantity lineitemquantity quantityrefund quantitypurchased unitssold units pieces count weight" + quantityAbroad},
			{Name: "price", sort: numberField, Doc: "per unit", names: "price unitprice itemprice lineitemprice itemcost priceperunit" + priceAbroad},
			{Name: "amount", sort: numberField, Doc: "money of the line; quantity × price when there is none",
				names: "amount salesvalue linetotal linevalue lineamount netsales lineitemtotal orderlinetotal rowtotal totalprice sales grosssales total revenue value spend paid sum dollars" + amountAbroad},
			{Name: "status", sort: wordField, words: orderStates, Doc: "what became of it: sold, or a return, or cancelled, refunded, failed and the like, and it counts for nothing",
				names: "linestatus lineitemstatus itemstatus orderstatus orderstate salestatus salesstatus financialstatus paymentstatus invoicestatus transactionstatus transactiontype saletype salestype linetype rowtype eventtype receipttype documenttype doctype status state type" + statusAbroad},
		}
	case Customers:
		return []Field{{Name: "id", Required: true, sort: idField, Doc: "who; every other column becomes an attribute",
			names: "customerid contactid id " + customerNames + " kunnr uniqueid label labels node nodeid recid", spare: "recordid leadid " + emailNames + " name"}}
	case Products:
		return []Field{
			{Name: "id", Required: true, sort: idField, Doc: "what", names: "productid productcode sku variantsku id " + productNames + " code label labels"},
			{Name: "name", sort: textField, Doc: "for people", names: "name productname itemname title description producttype itemdescription" + nameAbroad},
			{Name: "category", sort: textField, Doc: "its group", names: "category productcategory itemcategory productgroup group department class categorypath categoryname categories googleproductcategory" + categoryAbroad, shared: "producttype"},
			{Name: "price", sort: numberField, Doc: "per unit", names: "price unitprice listprice itemprice variantprice regularprice" + priceAbroad},
			{Name: "available_from", sort: timeField, Doc: "sold from", names: "availablefrom validfrom onsalefrom availabilitydate availabledate releasedate launchdate launched startdate gültigab gueltigab verfügbarab"},
			{Name: "available_to", sort: timeField, Doc: "sold until, exclusive; 9999-12-31 is no end", names: "availableto availableuntil validto validuntil onsaleto onsaleuntil discontinued enddate gültigbis gueltigbis verfügbarbis"},
			{Name: "in_stock", sort: wordField, words: stocked, Doc: "whether it can be had: yes, no, or a word such as in_stock, out_of_stock or preorder; lists leave out what cannot",
				names: "instock availability stockstatus available isavailable status published"},
		}
	case Visits:
		customer.names, customer.Or = customerNames+" visitor visitorid source from src u node1", "session"
		product.names, product.Or = productNames+" target to dst destination v node2", "page"
		at.names = "eventtimestamp " + timeNames + " timeiso8601 serverdatetime serverdatetimepretty servertimepretty firstactiontimestamp visittime visitdate visitedat viewedat starttime start"
		return []Field{
			customer, product, at,
			{Name: "session", sort: idField, Doc: "session or cookie; it may stand without a customer",
				names: "session sessionid sessionkey sid cookie cookieid cookiesid userpseudoid anonymousid visitid browserid deviceid fingerprint visitor visitorid"},
			{Name: "page", sort: idField, Doc: "what was looked at on the web; it stands for the product where there is no column with products",
				names: "page pageurl entryurl entrypageurl pagepath pagelocation pageid url uri requesturi requestpath path link screen location"},
			{Name: "seconds", sort: numberField, Doc: "how long, in seconds",
				names: "seconds dwell dwells dwellseconds dwelltime duration durations durationseconds timeonpage secs sec"},
		}
	case Contacts:
		customer.names = customerNames
		at.names = "lastopen contactedat contactdate contacttime sentat sentdate senddate sendtime touchedat redemptiondate " + timeNames
		return []Field{
			customer, at,
			{Name: "campaign", sort: textField, Doc: "which campaign", names: "campaign campaignid campaignname campaigncode promotion promo mailing wave"},
			{Name: "arm", sort: textField, Doc: "what was tried on the customer: an offer, a variant, control",
				names: "arm treatment variant variation messagevariationid testgroup group cell offer offerid creative coupon couponid couponupc couponcode segment version"},
			{Name: "channel", sort: textField, Doc: "how: e-mail, call, letter", names: "channel contactchannel medium media contacttype contact"},
			{Name: "response", sort: wordField, words: responses, Doc: "whether the customer responded: yes, no, or a word such as opened, clicked or declined",
				names: "response responded reaction result outcome disposition callresult visit visited click clicked open opened reply replied accepted eventtype eventname event action activity y"},
			{Name: "conversion", sort: wordField, words: yesNo, Doc: "whether the customer bought or did what was asked for",
				names: "conversion converted purchase purchased bought redeemed sale sold"},
			{Name: "revenue", sort: numberField, Doc: "money that came of it", names: "revenue spend spent amount sales salesvalue ordervalue value"},
		}
	case Satisfaction:
		customer.names = customerNames + " complainant complainantid"
		customer.spare += " respondent respondentid"
		at.names = "answeredat recordeddate reviewcreated surveydate surveytime responsedate complaintdate submittedat submitted submitdate submittime completedat completiondate filedat openedat reviewdate " + timeNames + " updatedat"
		return []Field{
			customer, at,
			{Name: "kind", sort: wordField, words: feedbackKinds, Doc: "survey, complaint or praise", names: "kind type recordtype feedbacktype"},
			{Name: "topic", sort: textField, Doc: "about what", names: "topic subject category reason issue area theme question complainttype product"},
			{Name: "score", sort: numberField, Doc: "how content, the higher the better; a number, or a usual answer such as very satisfied", names: "score rating stars reviewstars starrating reviewrating nps npsscore csat csatscore ces satisfaction satisfactionscore grade points npsgroup npscategory npssegment" + scoreAbroad},
			{Name: "scale", sort: textField, Doc: "of the score, both ends included, such as 0-10; found out when there is none", names: "scale range"},
			{Name: "comment", sort: textField, Doc: "in the customer's words",
				names: "comment comments reviewcontent reviewtext reviewbody text verbatim why satisfactioncomment remark remarks feedback note notes description message narrative answer"},
		}
	case Churn:
		customer.names, customer.spare = customerNames+" id", ""
		at.Required = true
		at.names = "churnedat churntime churndate churned leftat left leftdate departure departuredate departedat canceldate cancelledat canceledat cancellationdate " +
			"terminationdate terminatedat deactivationdate deactivatedat deactivated disconnectiondate disconnectdate disconnectedat exitdate closedat closedate " +
			"enddate " + timeNames + churnedAbroad
		return []Field{
			customer, at,
			{Name: "left", sort: wordField, words: leavings, Doc: "whether the customer left, yes or no, in a list of everybody",
				shared: "churned", names: "churn churnlabel churnflag churnvalue churnstatus churnindicator ischurn ischurned haschurned churner leaver hasleft " +
					"attrition attritionflag exited gone status customerstatus accountstatus subscriptionstate state subscriptionstatus contractstatus"},
			{Name: "active", sort: wordField, words: stays, Doc: "whether the customer is still here, yes or no, in place of left",
				names: "isactive stillactive activecustomer retained isretained stayed"},
		}
	case Numbers:
		customer.names, customer.spare = strings.Replace(customerNames, " msisdn ", " ", 1)+" holder holderid id", ""
		at.Doc = "since when the number is the customer's; since ever when there is none"
		at.names = "from since heldfrom validfrom activatedat activated activationdate startdate start assignedat assigned " + timeNames
		return []Field{
			{Name: "number", Required: true, sort: idField, Doc: "telephone number, as calls are recorded by it or written otherwise",
				names: "number msisdn phonenumber phone mobile mobilenumber telephone telephonenumber tel line"},
			customer, at,
			{Name: "until", sort: timeField, Doc: "until when, exclusive; ever since when there is none",
				names: "until to heldto validto validuntil deactivatedat deactivated deactivationdate enddate end releasedat released"},
		}
	}
	return nil
}

// eventShape is what an event that is posted may have: its fields, and the place of each.
type eventShape struct {
	fields []Field
	place  map[string]int
}

// eventFields are the fields of an event that is posted.
func (k Kind) eventFields() []Field { return eventShapes[k].fields }

// eventShapes are those of the kinds that can be posted. A call names both its sides,
// and what a data session moved in one number, and a purchase whoever buys.
var eventShapes = func() map[Kind]eventShape {
	shapes := map[Kind]eventShape{}
	for _, k := range Streamed {
		s := eventShape{place: map[string]int{}}
		for _, f := range k.Fields() {
			if f.Name == "guest" || k == Purchases && f.Name == "status" || k == Calls && slices.Contains([]string{"subscriber", "other", "direction", "bytes_up", "bytes_down"}, f.Name) {
				continue
			}
			s.place[f.Name] = len(s.fields)
			s.fields = append(s.fields, f)
		}
		shapes[k] = s
	}
	return shapes
}()

// KindOf reads the name of a kind.
func KindOf(name string) (Kind, error) {
	for _, k := range Kinds {
		if string(k) == name {
			return k, nil
		}
	}
	return "", fmt.Errorf("there is no kind of file called %q: choose one of calls, purchases, customers, products, visits, contacts, satisfaction, churn and numbers", name)
}

// field finds a field by its name.
func (k Kind) field(name string) (Field, bool) {
	for _, f := range k.Fields() {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

// timed says whether rows of the kind happen at a time.
func (k Kind) timed() bool { _, ok := k.field("at"); return ok }

// plainName brings the name of a column into a form that can be compared.
func plainName(name string) string { return identity.PlainHeader(name) }
